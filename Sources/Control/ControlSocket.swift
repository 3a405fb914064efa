import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The socket a running instance can be asked on: for its own user alone.
package final class ControlSocket: Sendable {
    let descriptor: Int32
    package let path: String

    /// Connections that wait to be taken.
    private static let backlog: Int32 = 16

    /// Makes the socket's file, in the place of one that an earlier process of the same number has left behind. Files
    /// of processes that are no more go, too.
    package init(in folder: ControlFolder, process: Int32) throws(ControlError) {
        try folder.make()
        for other in folder.processes() where other != process && ControlClient.isDeserted(folder, other) {
            unsafe unlink(folder.socketPath(of: other))
        }
        let path = folder.socketPath(of: process)
        let descriptor = cartouche_socket(AF_UNIX)
        guard descriptor >= 0 else { throw .last }
        do throws(ControlError) {
            unsafe unlink(path)
            let result = try unsafe LocalAddress.lend(path) { address, length in unsafe bind(descriptor, address, length) }
            guard result == 0 else { throw .last }
            // The folder is closed to others, so nobody can have come before.
            guard unsafe chmod(path, 0o600) == 0, listen(descriptor, Self.backlog) == 0 else {
                let error = ControlError.last
                unsafe unlink(path)
                throw error
            }
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Takes the file away: nobody finds it any more.
    package func withdraw() { unsafe unlink(path) }
}
