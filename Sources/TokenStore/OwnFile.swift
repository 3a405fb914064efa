import Secrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open file of the store: a regular one, ours, and closed to others. Checked on the descriptor that is used.
final class OwnFile {
    let descriptor: Int32
    private let size: Int

    /// Takes over what an `open` returned.
    init(_ descriptor: Int32) throws(TokenStoreError) {
        guard descriptor >= 0 else { throw .lastOpening }
        self.descriptor = descriptor
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        size = Int(status.st_size)
        guard isKnown else { throw .last }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_uid == geteuid() else { throw .ownedByStranger }
        guard status.st_mode & 0o077 == 0 else { throw .accessibleByOthers }
    }

    deinit { close(descriptor) }

    func readAll(limit: Int) throws(TokenStoreError) -> [UInt8] {
        guard size <= limit else { throw .tooLarge }
        var bytes = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return unsafe read(descriptor, free.baseAddress, free.count)
            }
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw .last
            }
        }
        bytes.removeLast(limit - filled)
        return bytes
    }

    /// Writes all of it and waits until it is on the disk.
    func writeDurably(_ bytes: [UInt8]) throws(TokenStoreError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe write(descriptor, rest.baseAddress, rest.count)
            }
            if count > 0 {
                written += count
            } else if count < 0, errno != EINTR {
                throw .last
            }
        }
        guard fsync(descriptor) == 0 else { throw .last }
    }
}
