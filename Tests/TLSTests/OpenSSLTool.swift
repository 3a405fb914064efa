import Foundation
import Testing

/// The `openssl` program, where there is one, and a folder for what it reads; the folder goes with the last use.
final class OpenSSLTool {
    private let program: String
    private let folder: URL

    /// nil, with a message, where this machine has no `openssl`.
    init?() {
        let places = ["/usr/bin/openssl", "/opt/homebrew/opt/openssl@3/bin/openssl", "/usr/local/opt/openssl@3/bin/openssl"]
        guard let program = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            print("skipped: there is no openssl program here")
            return nil
        }
        self.program = program
        folder = FileManager.default.temporaryDirectory.appending(path: "cartouche-tls-\(UUID().uuidString)")
        guard (try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)) != nil else {
            return nil
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: path(name)))
        return path(name)
    }

    func contents(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path(name)))) }

    func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// What a certificate says, in words.
    func text(of certificate: [UInt8]) throws -> String {
        try run(["x509", "-noout", "-text", "-in", file("shown.pem", certificate)]).output
    }
}
