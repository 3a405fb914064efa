import ClientKeys
import Configuration
import Dispatch
import KeyStore
import Logging
import OwnFiles
import Proxy
import Synchronization

/// The keys of clients while the program runs: read again when their file changes, and what they have used written
/// down. On a queue of its own, for both block on the disk.
final class KeyKeeper: Sendable {
    let book: ClientBook
    let path: String
    private let file: KeyFile
    private let eye: Mutex<Eye>
    private let queue = DispatchQueue(label: "cartouche.keys")

    private struct Eye {
        /// Of the file that was read, or tried, last.
        var seen: FileFingerprint
        let usage: UsageFile?
        var ticks = 0
        var hasUsageFailed = false
        var isStopped = false
    }

    /// How often the file is looked at: a revoked key is to be dead within a second.
    private static let pause = 250
    /// Looks between two writings of what was used.
    private static let looksPerWriting = 4

    /// Reads the keys. It starts no thread.
    ///
    /// - Parameters:
    ///   - stateFolder: nil: what keys have used is not kept.
    ///   - outside: opens the file.
    init(path: String, stateFolder: String?, _ outside: Outside) throws(Stop) {
        self.path = path
        file = KeyFile(path: path) { (path) throws(OwnFileError) in try outside.openKeys(path) }
        let seen = FileFingerprint(of: path)
        do throws(KeyFileError) {
            book = ClientBook(try file.load())
        } catch {
            let advice = error == .file(.absent) ? "; make a key with: cartouche keys add NAME" : ""
            throw Stop(.usage, "cartouche: keys_file: \(path) \(error.explanation)\(advice)")
        }
        let usage = stateFolder.map { UsageFile(in: $0, of: path) }
        try? usage?.absorb(into: book.meters)
        eye = Mutex(Eye(seen: seen, usage: usage))
    }

    /// Looks after the file from here on, until it is stopped or let go.
    func start(_ logger: Logger) {
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.pause)) { [weak self] in
            guard let self, look(logger) else { return }
            start(logger)
        }
    }

    /// Writes what was used until now, for a process that is to go on from there.
    func keepUsage(_ logger: Logger) {
        queue.sync { eye.withLock { keepUsage(&$0, isLast: false, logger) } }
    }

    /// Writes what was used, for the last time.
    func stop(_ logger: Logger) {
        queue.sync {
            eye.withLock { eye in
                eye.isStopped = true
                keepUsage(&eye, isLast: true, logger)
            }
        }
    }

    /// False once it was stopped.
    private func look(_ logger: Logger) -> Bool {
        eye.withLock { eye in
            guard !eye.isStopped else { return false }
            let found = FileFingerprint(of: path)
            if found != eye.seen {
                eye.seen = found
                load(logger)
            }
            eye.ticks += 1
            if eye.ticks % Self.looksPerWriting == 0 { keepUsage(&eye, isLast: false, logger) }
            return true
        }
    }

    /// What cannot be read changes nothing: nobody gets in by damaging the file, and nobody is shut out.
    private func load(_ logger: Logger) {
        do throws(KeyFileError) {
            let records = try file.load()
            book.replace(by: records)
            let open = records.count { $0.revoked == nil }
            logger.notice("the keys were read again", metadata: ["file": "\(path)", "keys": "\(open)"])
        } catch {
            logger.error("the keys were not read again, the old ones stay in force: \(path) \(error.explanation)")
        }
    }

    private func keepUsage(_ eye: inout Eye, isLast: Bool, _ logger: Logger) {
        do throws(OwnFileError) {
            try eye.usage?.keep(book.meters, quota: { book.quota(of: $0) }, isLast: isLast)
            eye.hasUsageFailed = false
        } catch {
            if !eye.hasUsageFailed {
                logger.error("what keys have used today cannot be written down: the file \(error.explanation)")
            }
            eye.hasUsageFailed = true
        }
    }
}
