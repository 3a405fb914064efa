import ClientKeys
import Foundation
import OwnFiles
import Secrets
import TestSupport
import Testing

@testable import KeyStore

@Suite struct KeyFileTests {
    private let place: TemporaryFolder
    private let file: KeyFile

    init() throws {
        place = try TemporaryFolder()
        file = KeyFile(path: place.path("config/keys.json"))
    }

    private func record(_ name: String) -> KeyRecord {
        KeyRecord(name: name, digest: KeyDigest(of: Array(name.utf8).span)!, created: 1)
    }

    private func add(_ name: String) throws(KeyFileError) {
        try file.change { (records) throws(KeyFileError) in records.append(record(name)) } failure: { $0 }
    }

    @Test func keysAreKept() throws {
        #expect(throws: KeyFileError.file(.absent)) { try file.load() }
        try add("a")
        try add("b")
        #expect(try file.load().map(\.name) == ["a", "b"])
        #expect(try place.mode(of: "config/keys.json") == 0o600)
    }

    @Test func aChangeThatFailsChangesNothing() throws {
        try add("a")
        let before = try place.content(of: "config/keys.json")
        #expect(throws: KeyFileError.busy) {
            try file.change { (records) throws(KeyFileError) in
                records.removeAll()
                throw .busy
            } failure: { $0 }
        }
        #expect(try place.content(of: "config/keys.json") == before)
    }

    @Test func aDamagedFileIsNotWrittenOver() throws {
        try add("a")
        try place.write(Array("{".utf8), to: "config/keys.json")
        #expect(throws: KeyFileError.damaged(.notJSON)) { try file.load() }
        #expect(throws: KeyFileError.damaged(.notJSON)) { try add("b") }
        #expect(try place.content(of: "config/keys.json") == Array("{".utf8))
    }

    @Test func looseModesAndLinksAreRefused() throws {
        try add("a")
        chmod(place.path("config/keys.json"), 0o644)
        #expect(throws: KeyFileError.file(.accessibleByOthers)) { try file.load() }
        chmod(place.path("config/keys.json"), 0o600)
        try FileManager.default.moveItem(atPath: place.path("config/keys.json"), toPath: place.path("config/other"))
        try FileManager.default.createSymbolicLink(
            atPath: place.path("config/keys.json"), withDestinationPath: place.path("config/other"))
        #expect(throws: KeyFileError.file(.notRegular)) { try file.load() }
        chmod(place.path("config"), 0o777)
        #expect(throws: KeyFileError.file(.accessibleByOthers)) { try file.load() }
    }

    @Test func commandsAtTheSameTimeLoseNothing() async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<20 { group.addTask { try add("k\(number)") } }
            try await group.waitForAll()
        }
        #expect(Set(try file.load().map(\.name)) == Set((0..<20).map { "k\($0)" }))
    }
}
