import Secrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Files that are read whole: certificates and the like.
enum SmallFile {
    /// In bytes; no bundle of certificates comes near it.
    private static let limit = 8 << 20

    static func read(_ path: String) throws(Stop) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Stop(.usage, "\(path) cannot be opened") }
        defer { close(descriptor) }
        return try readAll(descriptor, path)
    }

    static func readStandardInput() throws(Stop) -> [UInt8] { try readAll(STDIN_FILENO, "standard input") }

    /// Whether there is anything of that name, be it a link that leads nowhere.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    static func workingFolder() -> String {
        guard let folder = unsafe getcwd(nil, 0) else { return "." }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder)
    }

    private static func readAll(_ descriptor: Int32, _ path: String) throws(Stop) -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        // It may be a secret that is read: no copy of it stays behind, neither here nor by growth.
        content.reserveCapacity(buffer.count)
        defer { wipe(&buffer) }
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe readSome(descriptor, $0) }
            guard count > 0 else {
                guard count == 0 else { throw Stop(.usage, "\(path) cannot be read") }
                return content
            }
            content += buffer[..<count]
            guard content.count <= limit else { throw Stop(.usage, "\(path) is too large") }
        }
    }

    private static func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    }
}
