import ClientKeys
import OwnFiles

/// The file in which keys are kept: their hashes, names and limits, never the keys.
///
/// It is replaced as a whole, so that a reader finds the old or the new one; a lock on a file beside it keeps two
/// commands from changing it at once. Every call blocks on the disk: off the event loops only.
package struct KeyFile: Sendable {
    package let path: String

    /// How long another command may take, in seconds.
    private static let patience = 10

    private let open: @Sendable (String) throws(OwnFileError) -> OwnFile

    /// - Parameter open: opens it for reading, as ``open(_:)`` does.
    package init(
        path: String, open: @escaping @Sendable (String) throws(OwnFileError) -> OwnFile = { (path) throws(OwnFileError) in try KeyFile.open(path) }
    ) {
        self.path = path
        self.open = open
    }

    /// Opens such a file for reading, in a folder that nobody else can put another into.
    package static func open(_ path: String) throws(OwnFileError) -> OwnFile {
        guard let (folder, name) = OwnPath.split(path) else { throw .absent }
        return try OwnFolder(at: folder, creating: false, mayBeRoots: true).file(reading: name, .closedOrRoots)
    }

    package func load() throws(KeyFileError) -> [KeyRecord] {
        guard OwnPath.split(path) != nil else { throw .pathNamesNoFile }
        let bytes: [UInt8]
        do throws(OwnFileError) {
            bytes = try open(path).readAll(limit: KeyFileFormat.sizeLimit)
        } catch {
            throw .file(error)
        }
        do throws(KeyFileFault) { return try KeyFileFormat.decode(bytes.span) } catch { throw .damaged(error) }
    }

    /// Changes what is there, or makes it.
    ///
    /// - Parameter change: may throw, and then nothing is changed.
    package func change<Result, Failure: Error>(
        _ change: (inout [KeyRecord]) throws(Failure) -> Result, failure: (KeyFileError) -> Failure
    ) throws(Failure) -> Result {
        guard let (folderPath, name) = OwnPath.split(path) else { throw failure(.pathNamesNoFile) }
        let folder: OwnFolder
        let lock: FileLock?
        do throws(OwnFileError) {
            folder = try OwnFolder(at: folderPath, creating: true)
            lock = try FileLock.wait(on: folder.file(keeping: name + ".lock"), seconds: Self.patience)
        } catch {
            throw failure(.file(error))
        }
        guard let lock else { throw failure(.busy) }
        defer { withExtendedLifetime(lock) {} }
        var records: [KeyRecord] = []
        do throws(KeyFileError) {
            records = try load()
        } catch {
            guard error == .file(.absent) else { throw failure(error) }
        }
        let result = try change(&records)
        do throws(OwnFileError) {
            try folder.replace(name, with: KeyFileFormat.encode(records))
        } catch {
            throw failure(.file(error))
        }
        return result
    }
}
