import TLS
import Testing

/// What strangers' handshakes are held to, each against libssl's own command line client. (A client of ours always
/// offers HTTP/1.1 and modern suites.)
struct ListenerContextTests {
    private let authority: ThrowawayAuthority
    private let identity: ServerCertificate

    init() throws {
        authority = try ThrowawayAuthority(commonName: "Cartouche test authority")
        identity = try authority.issue(names: ["localhost"], addresses: [])
    }

    private func listener(_ clients: TLSContext.ClientCertificates = .none) throws -> TLSContext {
        try TLSContext.listener(certificateChain: identity.chain, key: identity.key, clients: clients)
    }

    private func pair(_ server: TLSContext, sessions: TLSSessionCache? = nil) throws -> TLSPair {
        let client = try TLSContext.client(trustingSystem: false, authorities: authority.caCertificate)
        return try TLSPair(client: client, server: server, host: "localhost", sessions: sessions)
    }

    @Test func aClientOfOursIsServed() throws {
        let pair = try pair(listener())
        #expect(pair.handshake() == (.done, .done))
    }

    @Test func whoHasToShowACertificateAndHasNoneIsRefused() throws {
        let pair = try pair(listener(.required(authorities: authority.caCertificate)))
        let ends = pair.handshake()
        guard case .failed = ends.server else {
            Issue.record("let in: \(ends)")
            return
        }
    }

    @Test func whoMayShowOneNeedNot() throws {
        #expect(try pair(listener(.optional(authorities: authority.caCertificate))).handshake() == (.done, .done))
    }

    @Test func authoritiesOfClientsMustBeCertificates() {
        for text in ["no certificate", ""] {
            #expect(throws: TLSError.caFileUnreadable) { try listener(.required(authorities: Array(text.utf8))) }
        }
    }

    @Test func sessionsAreResumedAndEndWithTheContext() throws {
        let client = try TLSContext.client(trustingSystem: false, authorities: authority.caCertificate)
        let sessions = TLSSessionCache()
        func connect(_ server: TLSContext) throws -> Bool {
            let pair = try TLSPair(client: client, server: server, host: "localhost", sessions: sessions)
            #expect(pair.handshake() == (.done, .done))
            // The ticket comes with the first bytes.
            #expect(pair.write([1], fromClient: false) == .bytes(1))
            #expect(pair.read(byClient: true).bytes == [1])
            // One that broke off is not resumed.
            pair.sayGoodbye(fromClient: false)
            #expect(pair.read(byClient: true).transfer == .ended)
            pair.sayGoodbye(fromClient: true)
            return pair.isResumed.server
        }
        let first = try listener()
        #expect(try !connect(first))
        #expect(try connect(first))
        #expect(try !connect(listener()))
    }
}
