import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Who started this service and wants to know how it is doing (sd_notify(3)). Nobody, in most cases.
final class ServiceManager: Sendable {
    private let path: String
    /// Connected from the start: a confined process makes no such socket, and reaches no abstract one. -1 where nobody
    /// asked.
    private let descriptor: Int32

    init(environment: [String: String]) {
        path = environment["NOTIFY_SOCKET"] ?? ""
        descriptor = path.isEmpty ? -1 : socket(AF_UNIX, cartouche_datagram_socket, 0)
        guard descriptor >= 0 else { return }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        findPeer()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func isReady() { tell("READY=1\nMAINPID=\(ProcessSetup.number)\nSTATUS=serving") }

    func isReloading() {
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        tell("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    func isStopping() { tell("STOPPING=1") }

    /// That process is the service from here on.
    func isSucceeded(by process: Int32) { tell("READY=1\nMAINPID=\(process)") }

    private func tell(_ text: String) {
        guard descriptor >= 0, !send(text) else { return }
        // Its socket is another one since.
        findPeer()
        _ = send(text)
    }

    private func send(_ text: String) -> Bool {
        let message = Array(text.utf8)
        return unsafe message.withUnsafeBytes { unsafe cartouche_send(descriptor, $0.baseAddress, $0.count, 0) >= 0 }
    }

    private func findPeer() {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        // In the abstract namespace a NUL stands first.
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, length)
            }
        }
    }
}
