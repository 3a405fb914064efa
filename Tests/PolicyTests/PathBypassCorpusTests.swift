import Foundation
import Policy
import TestSupport
import Testing
import Wire

/// The corpus of paths that slipped past other servers' policies, where it is present beside the
/// repository: nothing that passes reads, in any way a server could read it, as a path that is denied.
@Suite struct PathBypassCorpusTests {
    private struct Case: Decodable {
        let id: String
        let verdict: String
        let requestBase64: String

        enum CodingKeys: String, CodingKey {
            case id, verdict
            case requestBase64 = "request_b64"
        }
    }

    private static let allowed = "/v3/maps"
    private static let denied = "/v3/admin"

    private func cases() throws -> [Case]? {
        try Corpora.cases("path-bypass")?.map { try JSONDecoder().decode(Case.self, from: $0) }
    }

    /// The request's target as bytes: what stands between the first and the last space of its line.
    private func target(_ item: Case) throws -> [UInt8] {
        let request = try #require(Data(base64Encoded: item.requestBase64))
        let relative = Array(Self.denied.utf8.dropFirst())
        let encoded = Array(relative.map { $0 == 0x2F ? "/" : String(format: "%%%02X", $0) }.joined().utf8)
        let last = Array(relative.dropLast()) + Array(String(format: "%%%02X", relative.last ?? 0).utf8)
        var line = Array(request.prefix { $0 != 0x0D && $0 != 0x0A })
        for (name, value) in [
            ("@ALLOW@", Array(Self.allowed.utf8)), ("@DENYREL@", relative), ("@DENYENC1@", last),
            ("@DENYENC@", encoded),
            ("@DENYUP@", Array(String(decoding: relative, as: UTF8.self).uppercased().utf8)), ("@BASE@", []),
            ("@PATH@", Array(Self.allowed.utf8)), ("@HOST@", Array("localhost:22786".utf8)),
        ] {
            line.replace(Array(name.utf8), with: value)
        }
        let first = try #require(line.firstIndex(of: 0x20))
        let end = line.lastIndex(of: 0x20) ?? line.endIndex
        return Array(line[(first + 1)..<max(end, first + 1)])
    }

    private func isUnder(_ prefix: String, _ path: [UInt8]) -> Bool {
        path.elementsEqual(prefix.utf8) || path.starts(with: (prefix + "/").utf8)
    }

    @Test func nothingThatPassesReadsAsAnotherPath() throws {
        guard let cases = try cases() else { return }
        let table = try RouteTable(builtIn: [
            try rule("* \(Self.allowed)/{rest...}", line: 1), try rule("* \(Self.allowed)", line: 2),
            try rule("* \(Self.denied)/{rest...}", line: 3) { $0.access = .deny },
            try rule("* \(Self.denied)", line: 4) { $0.access = .deny },
        ])
        var verdicts: [String: Int] = [:]
        for item in cases where item.verdict.hasPrefix("no_") {
            // Policy sees what stands before the query; other forms of target never come this far.
            let path = try target(item).prefix { $0 != UInt8(ascii: "?") }
            if let error = canonicalError(Array(path)) {
                verdicts[error.code, default: 0] += 1
                continue
            }
            guard case .matched(let index) = table.match(method: .get, path: Array(path).span),
                !table.routes[index].isDenied
            else {
                verdicts["not forwarded", default: 0] += 1
                continue
            }
            verdicts["forwarded", default: 0] += 1
            for reading in Decoding.readings(of: Array(path)) {
                #expect(isUnder(Self.allowed, reading), "\(item.id): \(String(decoding: reading, as: UTF8.self))")
            }
        }
        print(
            "path-bypass:", verdicts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        #expect(verdicts.values.reduce(0, +) > 1_000)
    }

    /// The reader of readings finds what it should: these are what the check keeps away from it.
    @Test(arguments: [
        "/v3/maps/../admin", "/v3/maps/%2e%2e/admin", "/v3/maps/..%2fadmin", "/v3/maps/..;/admin",
        "/v3/maps\\..\\admin", "/v3/maps/%252e%252e/admin", "/v3/maps/%c0%ae%c0%ae/admin",
    ])
    func theReadingsIncludeTheDeniedPath(_ path: String) {
        #expect(Decoding.readings(of: Array(path.utf8)).contains(Array(Self.denied.utf8)))
        #expect(canonicalError(path) != nil)
    }
}
