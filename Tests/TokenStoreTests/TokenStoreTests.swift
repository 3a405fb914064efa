import Credentials
import Foundation
import Secrets
import Testing
import TokenStore

@Suite struct TokenStoreTests {
    private let place: StorePlace
    private let store: TokenStore
    private let key: TokenCacheKey
    private let secret = Secret("the client's secret")
    private let now = Instant(boot: .seconds(1_000), wall: .seconds(1_800_000_000))

    init() throws {
        place = try StorePlace()
        store = TokenStore(folder: place.folder, bootID: Array("this boot".utf8))
        key = try Self.key(audience: "carto")
    }

    private static func key(audience: String) throws -> TokenCacheKey {
        let endpoint = TokenEndpoint(isSecure: true, host: "auth.example", port: 443, path: "/oauth/token")
        return TokenCacheKey(of: try OAuthClient(endpoint: endpoint, clientID: "id", audience: audience))
    }

    private func grant(_ token: String = "a.kept-token", lifetime: Int64 = 3_600) -> TokenGrant {
        TokenGrant(token: Secret(token), sentAt: now, lifetime: .seconds(lifetime))
    }

    private func keep(_ grant: TokenGrant, in other: TokenStore? = nil) throws {
        let store = other ?? store
        guard case .held(let lock) = store.lock(key) else { throw TokenStoreError.file(.absent) }
        try store.keep(grant, for: key, secret: secret, holding: lock)
    }

    private func kept(
        _ key: TokenCacheKey? = nil, secret: Secret? = nil, after seconds: Int64 = 0, in other: TokenStore? = nil
    ) throws -> TokenGrant {
        let later = Instant(boot: now.boot + .seconds(seconds), wall: now.wall + .seconds(seconds))
        return try (other ?? store).token(
            for: key ?? self.key, secret: secret ?? self.secret, at: later, limits: TokenLimits())
    }

    @Test func aTokenIsKept() throws {
        #expect(throws: TokenStoreError.file(.absent)) { try kept() }
        try keep(grant("the.first"))
        try keep(grant("the.second"))
        let found = try kept(after: 60)
        #expect(found.token.matches(Secret("the.second")))
        #expect(found.expiresAtBoot == now.boot + .seconds(3_600))
        #expect(try place.names() == ["token-\(key.fileStem)", "token-\(key.fileStem).lock"])
    }

    @Test func anExpiredTokenIsNot() throws {
        try keep(grant(lifetime: 60))
        #expect(throws: Never.self) { try kept(after: 59) }
        #expect(throws: TokenStoreError.record(.expired)) { try kept(after: 60) }
    }

    @Test func nothingOfItIsReadableAndOnlyTheOwnerMayTry() throws {
        try keep(grant("a.very-recognisable-token"))
        let content = try place.content(of: "token-\(key.fileStem)")
        for text in ["a.very-recognisable-token", "the client's secret", "auth.example", "carto"] {
            #expect(content.range(of: Data(text.utf8)) == nil)
        }
        #expect(try place.mode(of: "token-\(key.fileStem)") == 0o600)
        #expect(try place.mode(of: "token-\(key.fileStem).lock") == 0o600)
        #expect(try place.mode(of: "") == 0o700)
    }

    @Test func anotherSecretAndAnotherClientDoNotOpenIt() throws {
        try keep(grant())
        #expect(throws: TokenStoreError.sealBroken) { try kept(secret: Secret("another secret")) }
        let other = try Self.key(audience: "other")
        #expect(throws: TokenStoreError.file(.absent)) { try kept(other) }
        try place.copy("token-\(key.fileStem)", to: "token-\(other.fileStem)")
        #expect(throws: TokenStoreError.sealBroken) { try kept(other) }
    }

    @Test func whatIsNotWholeIsIgnored() throws {
        try keep(grant())
        let name = "token-\(key.fileStem)"
        let whole = try place.content(of: name)
        for length in whole.indices {
            try place.write(whole.prefix(length), to: name)
            #expect(throws: TokenStoreError.sealBroken) { try kept() }
        }
        for position in whole.indices {
            var damaged = whole
            damaged[position] ^= 0x40
            try place.write(damaged, to: name)
            #expect(throws: TokenStoreError.sealBroken) { try kept() }
        }
        try place.write(Data(count: 1 << 20), to: name)
        #expect(throws: TokenStoreError.file(.tooLarge)) { try kept() }
        try place.write(whole, to: name)
        #expect(throws: Never.self) { try kept() }
    }

    @Test func whatAWriterThatWasStoppedLeftIsInNobodysWay() throws {
        let name = "token-\(key.fileStem)"
        try keep(grant("the.first"))
        try place.write(Data("half a fi".utf8), to: name + ".new")
        #expect(try kept().token.matches(Secret("the.first")))
        try keep(grant("the.second"))
        #expect(try kept().token.matches(Secret("the.second")))
        #expect(try place.names() == [name, name + ".lock"])
    }

    @Test(arguments: [0o604, 0o640, 0o620, 0o644, 0o666])
    func aFileOthersCanReachIsNotUsed(mode: Int) throws {
        try keep(grant())
        try place.setMode(mode, of: "token-\(key.fileStem)")
        #expect(throws: TokenStoreError.file(.accessibleByOthers)) { try kept() }
        #expect(TokenStoreError.file(.accessibleByOthers).weight == .suspicious)
        // The next token takes its place.
        try keep(grant())
        #expect(throws: Never.self) { try kept() }
    }

    @Test func linksAreNotFollowed() throws {
        try keep(grant())
        let name = "token-\(key.fileStem)"
        try place.move(name, to: "elsewhere")
        try place.link(name, to: "elsewhere")
        #expect(throws: TokenStoreError.file(.notRegular)) { try kept() }
        // Writing replaces the link and leaves alone what it leads to.
        let before = try place.content(of: "elsewhere")
        try place.link(name + ".new", to: "elsewhere")
        try keep(grant("the.second"))
        #expect(try place.content(of: "elsewhere") == before)
        #expect(try kept().token.matches(Secret("the.second")))

        let linked = try StorePlace()
        try linked.linkFolder(to: place.folder)
        let other = TokenStore(folder: linked.folder, bootID: [])
        #expect(throws: TokenStoreError.file(.notRegular)) { try kept(in: other) }
        guard case .unavailable(.notRegular) = other.lock(key) else {
            Issue.record("a lock through a link")
            return
        }
    }

    @Test func aFolderOthersCanWriteToIsNotUsed() throws {
        try keep(grant())
        try place.setMode(0o770, of: "")
        #expect(throws: TokenStoreError.file(.accessibleByOthers)) { try kept() }
        guard case .unavailable(.accessibleByOthers) = store.lock(key) else {
            Issue.record("a lock in a folder of everybody's")
            return
        }
    }

    @Test func oneHasTheLockAtATime() throws {
        guard case .held(let first) = store.lock(key) else {
            Issue.record("the lock is not free")
            return
        }
        guard case .busy = store.lock(key) else {
            Issue.record("the lock was had twice")
            return
        }
        guard case .held = store.lock(try Self.key(audience: "other")) else {
            Issue.record("another client's lock is taken, too")
            return
        }
        withExtendedLifetime(first) {}
    }

    @Test func aLockThatIsLetGoIsFree() throws {
        for _ in 0..<3 {
            guard case .held = store.lock(key) else {
                Issue.record("the lock was not let go")
                return
            }
        }
    }

    /// The one who had it was killed, while a program it had started lives on.
    @Test func theLockOfTheDeadIsFree() throws {
        guard case .held = store.lock(key) else { return }
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/bin/sh")
        let path = place.folder + "/token-\(key.fileStem).lock"
        holder.arguments = ["-c", "exec 9<>'\(path)'; flock -n 9 && echo held && exec sleep 600"]
        let output = Pipe()
        holder.standardOutput = output
        try holder.run()
        #expect(output.fileHandleForReading.availableData == Data("held\n".utf8))
        guard case .busy = store.lock(key) else {
            Issue.record("the lock was had twice")
            return
        }
        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
        guard case .held = store.lock(key) else {
            Issue.record("the dead hold on to it")
            return
        }
    }
}
