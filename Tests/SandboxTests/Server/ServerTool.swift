import Foundation

/// A program of the system that tests use as a client, with a folder for its files.
final class ServerTool {
    private let program: String
    private let folder: URL

    /// nil, with a message, where this machine has no such program.
    init?(_ name: String) {
        let places = ["/usr/bin/", "/opt/homebrew/opt/openssl@3/bin/", "/usr/local/bin/"].map { $0 + name }
        guard let program = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            print("skipped: there is no \(name) program here")
            return nil
        }
        self.program = program
        folder = FileManager.default.temporaryDirectory.appending(path: "cartouche-sandbox-\(UUID().uuidString)")
        guard (try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)) != nil else {
            return nil
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = folder.appending(path: name)
        try Data(bytes).write(to: path)
        return path.path
    }

    func run(_ arguments: [String], input: String = "") throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let (output, source) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = output
        process.standardInput = source
        try process.run()
        try source.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try source.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
