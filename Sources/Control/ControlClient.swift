import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks running instances.
package struct ControlClient {
    private let folder: ControlFolder

    package init(_ folder: ControlFolder) { self.folder = folder }

    /// How long an instance may take for an answer, in seconds: a reload runs the commands of secrets.
    private static let patience = 120

    /// The processes of this user that can be asked.
    package func instances() -> [Int32] { folder.processes().filter { !Self.isDeserted(folder, $0) } }

    package func ask(_ request: ControlRequest, of process: Int32) throws(ControlError) -> ControlAnswer {
        try folder.check()
        let stream = try LocalStream.connected(to: folder.socketPath(of: process), seconds: Self.patience)
        guard stream.isOurs else { throw .folderUnsafe(path: folder.path) }
        try stream.write(Array((request.line + "\n").utf8))
        guard let answer = ControlAnswer(bytes: try stream.readAll(limit: ControlAnswer.limit)) else {
            throw .answerMalformed
        }
        return answer
    }

    /// Whether the socket's file has outlived its process.
    static func isDeserted(_ folder: ControlFolder, _ process: Int32) -> Bool {
        do throws(ControlError) {
            _ = try LocalStream.connected(to: folder.socketPath(of: process), seconds: 1)
            return false
        } catch {
            return error == .system(ECONNREFUSED)
        }
    }
}
