import Policy
import TestSupport
import Testing

@testable import ClientKeys

@Suite struct KeyFileFormatTests {
    private func full() throws -> KeyRecord {
        var record = KeyRecord(
            name: "maria", digest: Made.digest(1), created: 1_800_000_000,
            scope: KeyScope(
                routes: try Made.patterns("GET /v3/maps/{rest...}", "* /v3/sql/{connection}/query"),
                connections: ["carto_dw"], isReadOnly: true))
        record.rate = RateLimit("10/s", burst: 20)
        record.quota = 5000
        record.expires = 1_900_000_000
        record.revoked = 1_850_000_000
        record.previous = KeyRecord.Previous(digest: Made.digest(2), until: 1_800_000_100)
        return record
    }

    private func fault(_ text: String) -> KeyFileFault? {
        do throws(KeyFileFault) {
            _ = try Made.records(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        let records = [try full(), KeyRecord(name: "ci", digest: Made.digest(3), created: 5)]
        let bytes = KeyFileFormat.encode(records)
        let found = try Made.records(bytes)
        #expect(KeyFileFormat.encode(found) == bytes)
        let maria = try #require(found.first)
        #expect(maria.name == "maria" && maria.digest == Made.digest(1) && maria.created == 1_800_000_000)
        #expect(maria.rate == RateLimit("10/s", burst: 20) && maria.quota == 5000)
        #expect(maria.expires == 1_900_000_000 && maria.revoked == 1_850_000_000)
        #expect(maria.previous == KeyRecord.Previous(digest: Made.digest(2), until: 1_800_000_100))
        #expect(maria.scope.isReadOnly && maria.scope.connections == ["carto_dw"])
        #expect(maria.scope.routes?.text == "GET /v3/maps/{rest...}, * /v3/sql/{connection}/query")
        #expect(found[1].scope.routes == nil && found[1].scope.connections == nil && !found[1].scope.isReadOnly)
        #expect(try Made.records(KeyFileFormat.encode([])).isEmpty)
    }

    @Test func theFileHoldsNoKey() throws {
        let text = String(decoding: KeyFileFormat.encode([try full()]), as: UTF8.self)
        #expect(!text.contains("cartouche_"))
    }

    @Test func whatIsNotUnderstoodIsRefused() throws {
        let digest = Made.digest(1).hexadecimal
        let start = #"{"version":1,"keys":[{"name":"a","sha256":"\#(digest)","created":1"#
        #expect(fault(start + "}]}") == nil)
        for text in ["", "{}", "[]", "null", start, start + "}", start + "}]}x", #"{"version":1}"#] {
            #expect(fault(text) != nil, "\(text)")
        }
        #expect(fault(#"{"version":2,"keys":[]}"#) == .versionUnknown)
        #expect(fault(#"{"version":1,"keys":{}}"#) == .notJSON)
        for member in [
            #""scope":"x""#, #""read_only":1"#, #""read_only":"yes""#, #""routes":"GET /""#, #""routes":["GET"]"#,
            #""routes":[1]"#, #""rate":"fast""#, #""rate":10"#, #""burst":5"#, #""quota":-1"#, #""quota":1.5"#,
            #""quota":"5/day""#, #""expires":"soon""#, #""revoked":true"#, #""previous_until":1"#,
            #""previous_sha256":"\#(digest)""#, #""name":"b""#, #""connections":"x""#,
        ] {
            #expect(fault("\(start),\(member)}]}") != nil, "\(member)")
        }
        #expect(fault(#"{"version":1,"keys":[{"name":"a b","sha256":"\#(digest)","created":1}]}"#) != nil)
        #expect(fault(#"{"version":1,"keys":[{"name":"a","sha256":"\#(digest.dropLast())","created":1}]}"#) != nil)
        let twice = #"{"name":"a","sha256":"\#(digest)","created":1}"#
        #expect(fault(#"{"version":1,"keys":[\#(twice),\#(twice)]}"#) == .key("a", "the name is there twice"))
    }

    /// Whatever a file is damaged to, reading it ends, and never with more rights than were written.
    @Test func damageIsFoundOrHarmless() throws {
        let good = KeyFileFormat.encode([try full()])
        var generator = SplitMix64(seed: 8)
        for _ in 0..<3000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &generator), at: index)
                }
            }
            guard let found = try? Made.records(bytes) else { continue }
            for record in found { #expect(record.scope.routes != nil && record.scope.connections != nil) }
        }
    }

    @Test func useIsKeptBetweenRuns() throws {
        let counts = ["maria": DayCount(day: 20_000, count: 17), "ci": DayCount(day: 20_001, count: 1)]
        let bytes = UsageFormat.encode(counts)
        #expect(Made.usage(bytes) == counts)
        #expect(Made.usage(Array(bytes.dropLast(5))) == nil)
        #expect(Made.usage(Array(#"{"version":1,"used":{"a":[1,-2]}}"#.utf8)) == nil)
    }
}
