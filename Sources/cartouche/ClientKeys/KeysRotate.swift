import ArgumentParser
import ClientKeys
import Configuration
import Transport

struct KeysRotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Give a key another secret and print it, once; all else about it stays.",
        discussion: """
                cartouche keys rotate maria                  # the old one is dead at once
                cartouche keys rotate ci --overlap 1h        # both open for an hour
            """)

    @Argument(help: "The name of the key.")
    var name: String

    @Option(help: ArgumentHelp("How long the old secret still opens.", valueName: "duration"))
    var overlap: String = "0s"

    @OptionGroup var place: KeysFileFlags

    func run() throws {
        let now = Clock.wallSeconds
        let key = try NewKey()
        let seconds = try overlapSeconds()
        try place.change { (records) throws(Stop) in
            let index = try records.index(of: name)
            guard records[index].revoked == nil else {
                throw Stop(.usage, "cartouche: \(name) was revoked; make a new one with: cartouche keys add \(name)")
            }
            // Kept also without an overlap, so that who uses it is told that it was replaced.
            records[index].previous = KeyRecord.Previous(digest: records[index].digest, until: now + seconds)
            records[index].digest = key.digest
        }
        let old = seconds == 0 ? "The old one is dead." : "The old one opens until \(KeyTime.show(now + seconds))."
        key.show(["This is the new key of \(name). It is shown this once. \(old)"])
    }

    private func overlapSeconds() throws(Stop) -> Int64 {
        do throws(ValueProblem) {
            let seconds = try Quantity.duration(overlap).components.seconds
            // A year; beyond it is a second key, and should have a name.
            guard seconds <= 366 * 86_400 else { throw ValueProblem("is too long") }
            return seconds
        } catch {
            throw Stop(.usage, "cartouche: --overlap \(overlap) \(error.message)")
        }
    }
}
