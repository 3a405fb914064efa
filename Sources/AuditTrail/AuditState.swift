import Audit
import OwnFiles
import Secrets

/// What is kept of a log apart from it: the key its lines are authenticated with, and the record of its head.
package final class AuditState {
    package let key: AuditKey
    private let heads: OwnFile

    private static let patience = 2

    /// - Parameters:
    ///   - folder: for it alone; made where it is not there.
    ///   - logPath: of the log.
    ///   - creating: whether a key is made where there is none.
    package init(in folder: String, of logPath: String, creating: Bool) throws(AuditTrailError) {
        (key, heads) = try Self.open(folder, "head-\(Self.stem(logPath))", creating: creating)
    }

    private static func open(
        _ path: String, _ name: String, creating: Bool
    ) throws(AuditTrailError) -> (AuditKey, OwnFile) {
        do throws(OwnFileError) {
            let folder = try OwnFolder(at: path, creating: creating)
            if let key = try key(in: folder, isNeeded: !creating) { return (key, try folder.file(keeping: name)) }
            return (try makeKey(in: folder), try folder.file(keeping: name))
        } catch {
            throw error == .absent && !creating ? .keyAbsent : .state(error)
        }
    }

    private static let keyName = "audit-key"

    /// - Parameter isNeeded: whether its absence is an error.
    private static func key(in folder: OwnFolder, isNeeded: Bool) throws(OwnFileError) -> AuditKey? {
        let file: OwnFile
        do throws(OwnFileError) {
            file = try folder.file(reading: keyName)
        } catch {
            if error == .absent, !isNeeded { return nil }
            throw error
        }
        var bytes = try file.readAll(limit: AuditKey.bytes)
        defer { wipe(&bytes) }
        guard let key = AuditKey(Secret(copying: bytes.span)) else { throw .notRegular }
        return key
    }

    private static func makeKey(in folder: OwnFolder) throws(OwnFileError) -> AuditKey {
        // Two processes that start together must not make two.
        let lock = try FileLock.wait(on: folder.file(keeping: keyName + ".lock"), seconds: patience)
        defer { withExtendedLifetime(lock) {} }
        if let key = try key(in: folder, isNeeded: false) { return key }
        guard let secret = AuditKey.generate(), let key = AuditKey(secret) else { throw .notRegular }
        var bytes = secret.withExposedBytes { span in span.indices.map { span[$0] } }
        defer { wipe(&bytes) }
        try folder.replace(keyName, with: bytes)
        return key
    }

    /// A name for the log's path that can stand in a file's name.
    private static func stem(_ path: String) -> String {
        // FNV-1a: it has to keep the logs of one configuration apart, not withstand anybody.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The right to write, among all processes that write the same log.
    package func lock() throws(AuditTrailError) -> FileLock {
        let lock: FileLock?
        do throws(OwnFileError) {
            lock = try FileLock.wait(on: heads, seconds: Self.patience)
        } catch {
            throw .state(error)
        }
        guard let lock else { throw .busy }
        return lock
    }

    /// The newest record. Nil: none yet, or none that is authentic.
    package func head() throws(AuditTrailError) -> AuditHead? {
        do throws(OwnFileError) {
            let bytes = try heads.read(at: 0, count: 2 * AuditHead.slotSize)
            return AuditHead.newest(bytes.span, under: key)
        } catch {
            throw .state(error)
        }
    }

    package func write(_ head: AuditHead) throws(AuditTrailError) {
        guard let bytes = head.encode(under: key) else { throw .libraryFailed }
        // Always the other one than that of the newest record, whoever wrote that.
        do throws(OwnFileError) {
            let both = try heads.read(at: 0, count: 2 * AuditHead.slotSize)
            let first = Array(both.prefix(AuditHead.slotSize))
            let isFirstNewest = AuditHead.newest(first.span, under: key) == AuditHead.newest(both.span, under: key)
            try heads.write(bytes, at: isFirstNewest ? AuditHead.slotSize : 0)
        } catch {
            throw .state(error)
        }
    }

    package func synchronise() throws(AuditTrailError) {
        do throws(OwnFileError) { try heads.synchronise() } catch { throw .state(error) }
    }
}
