import ClientKeys
import OwnFiles

/// What keys have used today, kept between runs.
///
/// Of several processes that use the same keys one keeps the file: whoever took the lock first, until it ends. The
/// others add what it has counted to what they have; the next one to get the lock goes on from the sum. So a process
/// that takes another's place gives nobody his quota a second time. Every call blocks on the disk: off the event loops only.
package final class UsageFile {
    private let path: String
    private let name: String
    private var lock: FileLock?
    /// What was written last.
    private var written: [String: DayCount] = [:]
    private var seen: [String: DayCount] = [:]
    /// What of the file the meters hold.
    private var absorbed: [String: DayCount] = [:]

    /// - Parameters:
    ///   - folder: where the program keeps its state.
    ///   - keysPath: of the file of keys whose use it is.
    package init(in folder: String, of keysPath: String) {
        path = folder
        let digest = KeyDigest(of: Array(keysPath.utf8).span)?.hexadecimal ?? ""
        name = "usage-\(digest.prefix(16)).json"
    }

    /// Adds what others have counted since the last look. Nothing where the file is not there or not well-formed.
    package func absorb(into meters: KeyMeters) throws(OwnFileError) {
        let found = try load()
        for (name, count) in found {
            meters.meter(of: name).absorb(count, since: absorbed[name])
            // What is missing from one look is not added twice at the next.
            absorbed[name] = count
        }
    }

    /// What the file says.
    package func load() throws(OwnFileError) -> [String: DayCount] {
        do throws(OwnFileError) {
            let bytes = try OwnFolder(at: path, creating: false).file(reading: name)
                .readAll(limit: UsageFormat.sizeLimit)
            return UsageFormat.decode(bytes.span) ?? [:]
        } catch {
            guard error == .absent else { throw error }
            return [:]
        }
    }

    /// Writes what has changed since the last time.
    ///
    /// - Parameters:
    ///   - quota: that of the key of a name.
    ///   - isLast: nothing will be counted any more.
    package func keep(
        _ meters: KeyMeters, quota: (String) -> Int?, isLast: Bool = false
    ) throws(OwnFileError) {
        guard try isOurs(meters) else { return }
        let counts = meters.counts
        var next: [String: DayCount] = [:]
        for (name, count) in counts {
            next[name] = UsageMargin.written(count, quota: quota(name), isInUse: !isLast && seen[name] != count)
        }
        seen = counts
        guard next != written else { return }
        try OwnFolder(at: path, creating: true).replace(name, with: UsageFormat.encode(next))
        written = next
    }

    private func isOurs(_ meters: KeyMeters) throws(OwnFileError) -> Bool {
        if lock != nil { return true }
        switch FileLock.attempt(on: try OwnFolder(at: path, creating: true).file(keeping: name + ".lock")) {
        case .busy:
            try absorb(into: meters)
            return false
        case .unavailable(let error): throw error
        case .held(let lock):
            self.lock = lock
            try absorb(into: meters)
            written = absorbed
            seen = absorbed
            return true
        }
    }
}
