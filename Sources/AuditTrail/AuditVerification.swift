import Audit
import OwnFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Verifies the files of a log on disk, also while it is being written.
package struct AuditVerification {
    private let state: AuditState
    private let path: String

    /// - Parameters:
    ///   - path: of the log, as it is configured.
    ///   - stateFolder: where its key and head record are.
    package init(path: String, stateFolder: String) throws(AuditTrailError) {
        self.path = path
        state = try AuditState(in: stateFolder, of: path, creating: false)
    }

    /// - Parameter older: files it had before, the oldest first.
    package func run(older: [String] = []) throws(AuditTrailError) -> AuditVerifier {
        let (head, size) = try moment()
        var verifier = AuditVerifier(state.key, head: head)
        for file in older + [path] {
            verifier.beginFile(file)
            try Self.read(file, limit: file == path ? size : .max) { verifier.take($0) }
        }
        verifier.finish()
        return verifier
    }

    /// The head record, and the log's length at the same time: what is written afterwards is not looked at.
    private func moment() throws(AuditTrailError) -> (AuditHead?, Int) {
        let lock = try state.lock()
        defer { withExtendedLifetime(lock) {} }
        let head = try state.head()
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw .log(.lastOpening) }
        return (head, Int(status.st_size))
    }

    private static func read(_ path: String, limit: Int, _ each: (Span<UInt8>) -> Void) throws(AuditTrailError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .log(.lastOpening) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var left = limit
        while left > 0 {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe systemRead(descriptor, $0) }
            if count == 0 { return }
            if count > 0 {
                each(buffer.span.extracting(0..<min(count, left)))
                left -= count
            } else if errno != EINTR {
                throw .log(.last)
            }
        }
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    unsafe read(descriptor, buffer.baseAddress, buffer.count)
}
