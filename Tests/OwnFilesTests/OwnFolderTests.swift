import Foundation
import OwnFiles
import TestSupport
import Testing

@Suite struct OwnFolderTests {
    private let place: TemporaryFolder

    init() throws { place = try TemporaryFolder() }

    private func read(_ name: String, _ openness: OwnFile.Openness = .closed) throws(OwnFileError) -> [UInt8] {
        try OwnFolder(at: place.path, creating: false).file(reading: name, openness).readAll(limit: 100)
    }

    @Test func aFileIsReplacedWhole() throws {
        let folder = try OwnFolder(at: place.path("a/b"), creating: true)
        try folder.replace("x", with: Array("one".utf8))
        // Left by a process that was killed while it wrote.
        try place.write(Array("half".utf8), to: "a/b/x.new")
        try folder.replace("x", with: Array("two".utf8))
        #expect(try place.content(of: "a/b/x") == Array("two".utf8))
        #expect(try place.mode(of: "a/b/x") == 0o600 && (try place.mode(of: "a/b")) == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("a/b")) == ["x"])
    }

    @Test func whatOthersHaveAPartInIsRefused() throws {
        for (mode, openness, isTaken) in [
            (0o600, OwnFile.Openness.closed, true), (0o640, .closed, false), (0o604, .closed, false),
            (0o620, .closed, false), (0o640, .closedOrRoots, geteuid() == 0), (0o644, .readable, true), (0o660, .readable, false),
        ] as [(mode_t, OwnFile.Openness, Bool)] {
            try place.write([1], to: "x", mode: mode)
            if isTaken {
                #expect(try read("x", openness) == [1])
            } else {
                #expect(throws: OwnFileError.accessibleByOthers) { try read("x", openness) }
            }
        }
        try FileManager.default.createSymbolicLink(atPath: place.path("link"), withDestinationPath: place.path("x"))
        #expect(throws: OwnFileError.notRegular) { try read("link") }
        #expect(throws: OwnFileError.absent) { try read("nothing") }
        #expect(throws: OwnFileError.notRegular) { try OwnFolder(at: place.path("link"), creating: false) }
        chmod(place.path, 0o777)
        #expect(throws: OwnFileError.accessibleByOthers) { try OwnFolder(at: place.path, creating: false) }
    }

    @Test func oneAtATime() throws {
        let folder = try OwnFolder(at: place.path, creating: false)
        let first = try #require(try FileLock.wait(on: folder.file(keeping: "lock"), seconds: 0))
        #expect(try FileLock.wait(on: folder.file(keeping: "lock"), seconds: 0) == nil)
        withExtendedLifetime(first) {}
    }

    @Test func aPathIsTakenApart() {
        #expect(OwnPath.split("/a/b")?.folder == "/a" && OwnPath.split("/a/b")?.name == "b")
        #expect(OwnPath.split("/b")?.folder == "/" && OwnPath.split("b")?.folder == ".")
        for path in ["", "/", "a/", "a/..", "."] { #expect(OwnPath.split(path)?.name == (path == "." ? "." : nil)) }
    }
}
