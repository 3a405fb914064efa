import ArgumentParser
import ClientKeys
import Transport

struct KeysRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Make a key open nothing any more, at once.",
        discussion: "Requests under way finish; the next one is refused, on open connections too.")

    @Argument(help: "The names of the keys.")
    var names: [String]

    @OptionGroup var place: KeysFileFlags

    func run() throws {
        let now = Clock.wallSeconds
        try place.change { (records) throws(Stop) in
            for name in names {
                let index = try records.index(of: name)
                if records[index].revoked == nil { records[index].revoked = now }
            }
        }
        for name in names { Output.standardError.write("\(name) is revoked.") }
    }
}
