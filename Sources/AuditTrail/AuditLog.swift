import Audit
import OwnFiles

/// Writes entries to a log, so that whatever stops the program or the machine, what is there is whole or is known not
/// to be. Several processes may write one log: each takes the lock for one writing.
///
/// One writing is: take the lock, see whether the file was renamed, take in what another process wrote, append the
/// lines in one call, write the head record. The disk is waited for at most once a second, the log before its head.
/// Every call blocks on it: off the event loops only.
final class AuditLog {
    private let path: String
    private let state: AuditState
    private let opener: AuditFile.Opener
    private var file: OwnFile
    private var inode: UInt64
    private var head: AuditHead?
    /// What is to be told of the log itself with the next lines.
    private var notes: [AuditEntry.Event] = []
    private var isUnsynchronised = false

    /// How much is read of what another process left, at most, in bytes.
    private static let readLimit = 64 << 20

    init(path: String, stateFolder: String, opener: @escaping AuditFile.Opener) throws(AuditTrailError) {
        self.path = path
        self.opener = opener
        state = try AuditState(in: stateFolder, of: path, creating: true)
        file = try AuditFile.open(path, by: opener)
        do throws(OwnFileError) { inode = try file.status().inode } catch { throw .log(error) }
    }

    /// Whether lines that should be there were found missing, once.
    private(set) var hasFoundCut = false

    func append(_ entries: [AuditEntry], at wall: Int64) throws(AuditTrailError) {
        let lock = try state.lock()
        defer { withExtendedLifetime(lock) {} }
        if !AuditFile.isAt(path, inode: inode) { try reopen() }
        let size = try catchUp()
        let isNew = head?.file != inode
        var chain = AuditChain(state.key, from: head?.position ?? .start)
        var lines: [UInt8] = []
        let events = (isNew && head != nil ? [.continued] : []) + notes
        for event in events {
            guard chain.append(AuditEntry(at: wall, .event(event)), to: &lines) else { throw .libraryFailed }
        }
        for entry in entries { guard chain.append(entry, to: &lines) else { throw .libraryFailed } }
        guard !lines.isEmpty else { return }
        do throws(OwnFileError) {
            try file.write(lines)
        } catch {
            // What was written of them goes again: half a line would be one that somebody has cut.
            try? file.truncate(to: size)
            throw .log(error)
        }
        let next = AuditHead(
            position: chain.position, firstNumber: isNew ? (head?.position.number ?? 0) + 1 : head?.firstNumber ?? 1,
            file: inode, size: Int64(size + lines.count))
        try state.write(next)
        head = next
        notes = []
        isUnsynchronised = true
    }

    /// Waits until what was written is on the disk.
    func synchronise() throws(AuditTrailError) {
        guard isUnsynchronised else { return }
        do throws(OwnFileError) { try file.synchronise() } catch { throw .log(error) }
        try state.synchronise()
        isUnsynchronised = false
    }

    private func reopen() throws(AuditTrailError) {
        try? synchronise()
        file = try AuditFile.open(path, by: opener)
        do throws(OwnFileError) { inode = try file.status().inode } catch { throw .log(error) }
    }

    /// Takes in what was written since by another process, or by one that was stopped before it wrote the head record.
    ///
    /// - Returns: where the lines end.
    private func catchUp() throws(AuditTrailError) -> Int {
        head = try state.head()
        let size: Int
        do throws(OwnFileError) { size = try file.status().size } catch { throw .log(error) }
        let known = head.map { $0.file == inode ? Int($0.size) : 0 } ?? 0
        if size == known { return size }
        if size < known {
            // Lines are gone. The numbers go on, so whoever verifies the log sees the gap.
            hasFoundCut = true
            return size
        }
        return try takeIn(from: known, to: size)
    }

    private func takeIn(from start: Int, to size: Int) throws(AuditTrailError) -> Int {
        guard size - start <= Self.readLimit else { return size }
        do throws(OwnFileError) {
            let found = try file.read(at: start, count: size - start)
            let (position, length) = AuditTail.follow(found.span, from: head?.position ?? .start, under: state.key)
            if length > 0 {
                head = AuditHead(
                    position: position,
                    firstNumber: head?.file == inode ? head?.firstNumber ?? 1 : (head?.position.number ?? 0) + 1,
                    file: inode, size: Int64(start + length))
            }
            guard let end = AuditTail.tornEnd(found.span, from: length) else { return size }
            // A line that was not written to its end, by a process that was stopped in the middle.
            try file.truncate(to: start + end)
            notes.append(.mended(size - start - end))
            return start + end
        } catch {
            throw .log(error)
        }
    }
}
