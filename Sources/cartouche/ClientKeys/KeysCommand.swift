import ArgumentParser

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list, replace and revoke the keys of clients.",
        discussion: """
            With `clients: keys` in the configuration, a client has to show a key:

                curl -H "Authorization: Bearer cartouche_…" http://localhost:22786/v3/…
                curl -H "Cartouche-Key: cartouche_…" …
                curl -u anyname:cartouche_… …

            Only their hashes are kept, in keys_file. A running cartouche notices a change of that file within half a \
            second.
            """,
        subcommands: [KeysAdd.self, KeysList.self, KeysRotate.self, KeysRevoke.self])
}
