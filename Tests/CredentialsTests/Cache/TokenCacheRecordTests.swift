import Credentials
import Secrets
import TestSupport
import Testing

struct TokenCacheRecordTests {
    private static let boot = Array("6f0e8c3a".utf8)
    private static let written = Instant(boot: .seconds(5_000), wall: .seconds(1_800_000_000))

    private func key(_ clientID: String = "id") throws -> TokenCacheKey {
        TokenCacheKey(
            of: try OAuthClient(
                endpoint: TokenEndpoint(isSecure: true, host: "a", port: 443, path: "/"), clientID: clientID,
                audience: nil))
    }

    private func record(lifetime: Nanoseconds = .seconds(3_600)) throws -> TokenCacheRecord {
        TokenCacheRecord(
            key: try key(), bootID: Self.boot,
            grant: TokenGrant(token: Secret("t.o-k"), sentAt: Self.written, lifetime: lifetime))
    }

    private func bytes(_ record: TokenCacheRecord) -> [UInt8] {
        record.encoded().withExposedBytes { span in span.indices.map { span[$0] } }
    }

    private func later(boot: Int64, wall: Int64) -> Instant {
        Instant(boot: .seconds(boot), wall: .seconds(1_800_000_000 + wall))
    }

    @Test func aRecordReadsBackAsItWasWritten() throws {
        let read = try TokenCacheRecord(decoding: bytes(try record()).span)
        let now = later(boot: 5_100, wall: 100)
        let grant = try read.restored(for: try key(), bootID: Self.boot, at: now)
        #expect(grant.token.matches(Secret("t.o-k")))
        #expect(grant.lifetime == .seconds(3_600))
        #expect(grant.expiresAtBoot == .seconds(8_600))
        #expect(grant.sentAt == Self.written)
    }

    @Test func damageAnywhereIsFoundOrHarmless() throws {
        let good = bytes(try record())
        for end in good.indices {
            #expect(throws: TokenCacheError.self) { try TokenCacheRecord(decoding: Array(good[..<end]).span) }
        }
        #expect(throws: TokenCacheError.lengthWrong) { try TokenCacheRecord(decoding: (good + [0]).span) }
        var random = SplitMix64(seed: 5)
        for index in good.indices {
            var bad = good
            bad[index] = UInt8(truncatingIfNeeded: random.next())
            guard let read = try? TokenCacheRecord(decoding: bad.span) else { continue }
            let grant = try? read.restored(for: try key(), bootID: Self.boot, at: later(boot: 5_100, wall: 100))
            #expect((grant?.lifetime ?? .seconds(1)) <= .seconds(30 * 86_400))
        }
        #expect(throws: TokenCacheError.versionUnknown) {
            try TokenCacheRecord(decoding: Array("CTCHTKN2........".utf8).span)
        }
    }

    @Test func theBootClockIsTrustedWithinOneBoot() throws {
        // The wall clock was set back a day: the boot clock knows better.
        let grant = try record().restored(for: try key(), bootID: Self.boot, at: later(boot: 5_600, wall: -86_400))
        #expect(grant.expiresAtBoot == .seconds(8_600))
        #expect(throws: TokenCacheError.expired) {
            try record().restored(for: try key(), bootID: Self.boot, at: later(boot: 8_600, wall: 0))
        }
        #expect(throws: TokenCacheError.fromTheFuture) {
            try record().restored(for: try key(), bootID: Self.boot, at: later(boot: 4_999, wall: 100))
        }
    }

    @Test func theWallClockIsAllThereIsAcrossBoots() throws {
        let other = Array("another".utf8)
        let grant = try record().restored(for: try key(), bootID: other, at: later(boot: 10, wall: 600))
        #expect(grant.expiresAtBoot == .seconds(3_010))
        #expect(throws: TokenCacheError.expired) {
            try record().restored(for: try key(), bootID: other, at: later(boot: 10, wall: 3_600))
        }
        #expect(throws: TokenCacheError.fromTheFuture) {
            try record().restored(for: try key(), bootID: other, at: later(boot: 10, wall: -1))
        }
        // Without an identity, two boots cannot be told to be the same.
        let nameless = TokenCacheRecord(key: try key(), bootID: [], grant: try record().grant)
        #expect(throws: TokenCacheError.expired) {
            try nameless.restored(for: try key(), bootID: [], at: later(boot: 5_001, wall: 3_600))
        }
    }

    @Test func anotherClientsTokenIsNotTaken() throws {
        #expect(throws: TokenCacheError.otherClient) {
            try record().restored(for: try key("other"), bootID: Self.boot, at: Self.written)
        }
    }

    @Test(arguments: [Nanoseconds.zero, Nanoseconds(-1), Nanoseconds(.min), Nanoseconds(.max), .seconds(31 * 86_400)])
    func aLifetimeOutOfBoundsIsRefused(lifetime: Nanoseconds) throws {
        #expect(throws: TokenCacheError.lifetimeOutOfBounds) {
            try record(lifetime: lifetime).restored(for: try key(), bootID: Self.boot, at: Self.written)
        }
    }

    @Test func theMachineTakesARestoredToken() throws {
        var rig = Rig()
        rig.now = later(boot: 10, wall: 600)
        let grant = try record().restored(for: try key(), bootID: [1], at: rig.now)
        _ = rig.machine.tokenRestored(grant, at: rig.now, random: &rig.random)
        #expect(rig.machine.status(at: rig.now).remaining == .seconds(3_000))
    }
}
