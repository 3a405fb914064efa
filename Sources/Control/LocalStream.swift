import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A connected Unix-domain socket that is waited for, but not for long.
struct LocalStream: ~Copyable {
    private let descriptor: Int32

    /// Takes over an open descriptor.
    ///
    /// - Parameter seconds: how long one read or write may take.
    init(owning descriptor: Int32, seconds: Int) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            _ = unsafe setsockopt(
                descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    static func connected(to path: String, seconds: Int) throws(ControlError) -> LocalStream {
        let descriptor = cartouche_socket(AF_UNIX)
        guard descriptor >= 0 else { throw .last }
        let stream = LocalStream(owning: descriptor, seconds: seconds)
        let result = try unsafe LocalAddress.lend(path) { address, length in
            unsafe connect(descriptor, address, length)
        }
        guard result == 0 else { throw .last }
        return stream
    }

    deinit { close(descriptor) }

    /// Whether the other end is a process of our own user; the kernel wrote it down when it connected.
    var isOurs: Bool {
        var user: UInt32 = 0
        return unsafe cartouche_unix_peer(descriptor, &user) == 0 && user == geteuid()
    }

    /// What comes before the first line feed, if it comes within `limit` bytes.
    func readLine(limit: Int) -> String? {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            var byte: UInt8 = 0
            let count = unsafe read(descriptor, &byte, 1)
            if count < 0, cartouche_errno() == EINTR { continue }
            guard count == 1 else { return nil }
            if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }

    func readAll(limit: Int) throws(ControlError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, cartouche_errno() == EINTR { continue }
            guard count >= 0 else { throw .last }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw .answerMalformed }
        }
    }

    func write(_ bytes: [UInt8]) throws(ControlError) {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start...])
                return unsafe cartouche_send(descriptor, rest.baseAddress, rest.count, 0)
            }
            if count < 0, cartouche_errno() == EINTR { continue }
            guard count > 0 else { throw .last }
            start += count
        }
    }
}
