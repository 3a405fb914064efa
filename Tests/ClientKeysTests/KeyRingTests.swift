import Policy
import Testing
import Wire

@testable import ClientKeys

@Suite struct KeyRingTests {
    private func record(_ name: String, _ seed: UInt64) -> KeyRecord {
        KeyRecord(name: name, digest: Made.digest(seed), created: 100)
    }

    @Test func aKeyIsFoundByItsHash() throws {
        let ring = KeyRing((0..<300).map { record("k\($0)", $0) })
        for seed in 0..<300 as Range<UInt64> { #expect(try ring.find(Made.digest(seed), at: 0) == Int(seed)) }
        #expect(throws: KeyRefusal.unknown) { try ring.find(Made.digest(1000), at: 0) }
        #expect(throws: KeyRefusal.unknown) { try KeyRing.none.find(Made.digest(1), at: 0) }
    }

    @Test func whatAKeysHolderIsTold() throws {
        var revoked = record("revoked", 1)
        revoked.revoked = 50
        var expiring = record("expiring", 2)
        expiring.expires = 200
        var rotated = record("rotated", 3)
        rotated.previous = KeyRecord.Previous(digest: Made.digest(4), until: 300)
        let ring = KeyRing([revoked, expiring, rotated])
        #expect(throws: KeyRefusal.revoked) { try ring.find(Made.digest(1), at: 0) }
        #expect(try ring.find(Made.digest(2), at: 199) == 1)
        #expect(throws: KeyRefusal.expired) { try ring.find(Made.digest(2), at: 200) }
        #expect(try ring.find(Made.digest(4), at: 299) == 2)
        #expect(throws: KeyRefusal.replaced) { try ring.find(Made.digest(4), at: 300) }
        #expect(try ring.find(Made.digest(3), at: 1_000_000) == 2)
    }

    @Test func everyRefusalHasACodeOfItsOwn() {
        #expect(Set(KeyRefusal.allCases.map(\.code)).count == KeyRefusal.allCases.count)
        #expect(KeyRefusal.allCases.allSatisfy { $0.code.hasPrefix("key-") && [400, 401].contains($0.status) })
    }

    @Test func aScopeIsOfPatternsOfTheRouteTable() throws {
        let set = try Made.patterns("GET,POST /v3/sql/{connection}/query", "* /v3/maps/{rest...}")
        func contains(_ method: Method, _ path: String) -> Bool { set.contains(method, Array(path.utf8).span) }
        #expect(contains(.get, "/v3/sql/carto_dw/query"))
        #expect(contains(.head, "/v3/sql/carto_dw/query"))
        #expect(!contains(.delete, "/v3/sql/carto_dw/query"))
        #expect(!contains(.get, "/v3/sql/carto_dw/job"))
        #expect(!contains(.get, "/v3/sql/carto_dw/query/more"))
        #expect(contains(.delete, "/v3/maps/a/b/c"))
        #expect(!contains(.get, "/v3/maps"))
        #expect(!contains(.options, "/v3/maps/a"))
        let isInNone = PatternSet([]).contains(.get, Array("/".utf8).span)
        #expect(!isInNone)
    }

    @Test func aNameIsPlain() {
        for name in ["maria", "maria@example.com", "ci-2", "a.b_c", String(repeating: "a", count: 64)] {
            #expect(KeyRecord.isName(name))
        }
        for name in ["", "-x", ".x", "a b", "a\"b", "é", "a/b", "a\n", String(repeating: "a", count: 65)] {
            #expect(!KeyRecord.isName(name))
        }
    }
}
