#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open file of the program's own: a regular one, ours, and closed to others. Checked on the descriptor that is used.
package final class OwnFile {
    package let descriptor: Int32
    /// When it was opened.
    package let size: Int

    /// Who else may have a part in a file.
    package enum Openness: Sendable {
        /// Nobody.
        case closed
        /// It may be root's, and root's may be readable by its group: so container platforms hand out files.
        case closedOrRoots
        /// Everybody may read it.
        case readable
    }

    /// Takes over what an `open` returned.
    package init(_ descriptor: Int32, _ openness: Openness = .closed) throws(OwnFileError) {
        guard descriptor >= 0 else { throw .lastOpening }
        self.descriptor = descriptor
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        size = Int(status.st_size)
        guard isKnown else { throw .last }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        let isRoots = status.st_uid == 0 && openness == .closedOrRoots
        guard status.st_uid == geteuid() || isRoots else { throw .ownedByStranger }
        let forbidden: mode_t =
            switch openness {
            case .closed: 0o077
            case .closedOrRoots: isRoots ? 0o037 : 0o077
            case .readable: 0o022
            }
        guard status.st_mode & forbidden == 0 else { throw .accessibleByOthers }
    }

    deinit { close(descriptor) }

    package func readAll(limit: Int) throws(OwnFileError) -> [UInt8] {
        guard size <= limit else { throw .tooLarge }
        var bytes = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return unsafe systemRead(descriptor, free)
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

    /// What is there of these bytes.
    package func read(at place: Int, count: Int) throws(OwnFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return unsafe pread(descriptor, free.baseAddress, free.count, off_t(place + filled))
            }
            if got == 0 { break }
            if got > 0 {
                filled += got
            } else if errno != EINTR {
                throw .last
            }
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// Which file it is, and how long it is now.
    package func status() throws(OwnFileError) -> (inode: UInt64, size: Int) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .last }
        return (UInt64(truncatingIfNeeded: status.st_ino), Int(status.st_size))
    }

    /// Cuts off what is behind these bytes.
    package func truncate(to size: Int) throws(OwnFileError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw .last }
    }

    /// Writes all of it and waits until it is on the disk.
    package func writeDurably(_ bytes: [UInt8]) throws(OwnFileError) {
        try write(bytes)
        try synchronise()
    }

    /// Until then a power cut may undo what was written.
    package func synchronise() throws(OwnFileError) {
        guard fsync(descriptor) == 0 else { throw .last }
    }

    package func write(_ bytes: [UInt8]) throws(OwnFileError) { try write(bytes, at: nil) }

    /// - Parameter place: nil for where the file is written to next, which of a log is its end.
    package func write(_ bytes: [UInt8], at place: Int?) throws(OwnFileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe systemWrite(descriptor, rest, place.map { $0 + written })
            }
            if count > 0 {
                written += count
            } else if count < 0, errno != EINTR {
                throw .last
            }
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ place: Int?) -> Int {
    guard let place else { return unsafe write(descriptor, bytes.baseAddress, bytes.count) }
    return unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(place))
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    unsafe read(descriptor, buffer.baseAddress, buffer.count)
}
