import Foundation
import FuzzTargets
import Testing

/// What fuzzing has found worth keeping holds to the rules in every build, whatever its sanitizer.
@Suite struct CorpusReplayTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// Written by hand, a file each.
    @Test(arguments: FuzzTarget.allCases)
    func whatWasThoughtOf(_ target: FuzzTarget) throws {
        let folder = Self.folder.appending(path: "Corpus/\(target.rawValue)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(!names.isEmpty)
        for name in names { check(target, Array(try Data(contentsOf: folder.appending(path: name))), name) }
    }

    /// Found by `deploy/fuzz --keep`, a line of base64 each.
    @Test(arguments: FuzzTarget.allCases)
    func whatWasFound(_ target: FuzzTarget) throws {
        let file = Self.folder.appending(path: "Found/\(target.rawValue)")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
        for (index, line) in text.split(separator: "\n").enumerated() {
            check(target, Array(try #require(Data(base64Encoded: String(line)))), "line \(index + 1)")
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func theShortestInputs(_ target: FuzzTarget) {
        check(target, [], "nothing")
        for byte in UInt8.min...UInt8.max { check(target, [byte], "\(byte)") }
    }

    private func check(_ target: FuzzTarget, _ input: [UInt8], _ name: String) {
        do throws(Violation) { try target.check(input) } catch { Issue.record("\(name): \(error)") }
    }
}
