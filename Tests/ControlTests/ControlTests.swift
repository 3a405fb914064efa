import Foundation
import TestSupport
import Testing

@testable import Control

struct ControlTests {
    private let folder: ControlFolder
    private let base = NSTemporaryDirectory() + "control-\(UInt32.random(in: 0 ... .max))"

    init() throws { folder = try ControlFolder(environment: ["XDG_RUNTIME_DIR": base]) }

    @Test(arguments: [
        ControlRequest.status(.json), .status(.text), .token(.json, credential: nil), .token(.text, credential: "a.b"),
        .reload,
    ])
    func aLineMeansWhatWasAsked(_ request: ControlRequest) { #expect(ControlRequest(line: request.line) == request) }

    @Test(arguments: [
        "", "cartouche", "cartouche 1 ", "cartouche 2 status json", "cartouche 1 status", "cartouche 1 status xml",
        "cartouche 1 reload now", "cartouche 1 token json a b", "cartouche 1  status json",
        "cartouche 1 token json " + String(repeating: "a", count: 300),
    ])
    func anythingElseIsRefused(_ line: String) { #expect(ControlRequest(line: line) == nil) }

    @Test func itAnswersAndTakesItsFileAway() async throws {
        defer { try? FileManager.default.removeItem(atPath: base) }
        let socket = try ControlSocket(in: folder, process: 7)
        let mode = try FileManager.default.attributesOfItem(atPath: socket.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let server = ControlServer(socket) { ControlAnswer(code: 2, "asked for \($0.line)") }
        let client = ControlClient(folder)
        #expect(client.instances() == [7])
        // Off the threads of tasks: the one who answers needs one, and there may be two.
        let answer = try await blocking { try client.ask(.token(.json, credential: "x"), of: 7) }
        #expect(answer == ControlAnswer(code: 2, "asked for cartouche 1 token json x"))
        server.stop()
        #expect(client.instances() == [])
        #expect(throws: ControlError.self) { try client.ask(.reload, of: 7) }
    }

    @Test func whatWasLeftBehindGoes() throws {
        defer { try? FileManager.default.removeItem(atPath: base) }
        // Closed without taking its file away, as a process that was killed does.
        do { _ = try ControlSocket(in: folder, process: 8) }
        #expect(folder.processes() == [8])
        #expect(ControlClient(folder).instances() == [])
        let mine = try ControlSocket(in: folder, process: 9)
        #expect(folder.processes() == [9])
        mine.withdraw()
    }

    @Test func aFolderOthersCanWriteToIsNotUsed() throws {
        defer { try? FileManager.default.removeItem(atPath: base) }
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
        #expect(throws: ControlError.folderUnsafe(path: folder.path)) { try ControlSocket(in: folder, process: 7) }
        #expect(ControlClient(folder).instances() == [])
    }

    @Test func whereItIs() throws {
        #expect(try ControlFolder(environment: ["RUNTIME_DIRECTORY": "/run/a:/run/b"]).path == "/run/a/control")
        #expect(try ControlFolder(environment: ["HOME": "/home/ada"]).path == "/home/ada/.local/state/cartouche/control")
        #expect(throws: ControlError.noFolder) { try ControlFolder(environment: ["XDG_RUNTIME_DIR": "relative"]) }
    }

    @Test func aPathThatIsTooLongIsSaid() throws {
        let deep = try ControlFolder(environment: ["XDG_RUNTIME_DIR": base + String(repeating: "x", count: 120)])
        defer { try? FileManager.default.removeItem(atPath: deep.path) }
        #expect(throws: ControlError.pathTooLong(path: deep.socketPath(of: 1))) {
            try ControlSocket(in: deep, process: 1)
        }
    }
}
