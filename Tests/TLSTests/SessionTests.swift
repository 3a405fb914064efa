import TLS
import Testing

struct SessionTests {
    let client: TLSContext
    let server: TLSContext

    init() throws {
        let authority = try ThrowawayAuthority(commonName: "Cartouche test authority")
        let certificate = try authority.issue(names: ["localhost"], addresses: [])
        client = try TLSContext.client(trustingSystem: false, authorities: authority.caCertificate)
        server = try TLSContext.server(certificateChain: certificate.chain, key: certificate.key)
    }

    private func connect(_ sessions: TLSSessionCache?, host: String = "localhost") throws -> TLSPair {
        let pair = try TLSPair(client: client, server: server, host: host, sessions: sessions)
        let ends = pair.handshake()
        #expect(ends.client == .done)
        #expect(ends.server == .done)
        return pair
    }

    /// One exchange and a proper end, in the course of which the tickets come in (RFC 8446 §4.6.1).
    private func converse(_ pair: TLSPair) {
        #expect(pair.write([1, 2, 3], fromClient: true) == .bytes(3))
        #expect(pair.read(byClient: false).bytes == [1, 2, 3])
        #expect(pair.write([4], fromClient: false) == .bytes(1))
        #expect(pair.read(byClient: true).bytes == [4])
        pair.sayGoodbye(fromClient: false)
        #expect(pair.read(byClient: true).transfer == .ended)
        pair.sayGoodbye(fromClient: true)
    }

    @Test func aSecondConnectionResumes() throws {
        let sessions = TLSSessionCache()
        let first = try connect(sessions)
        #expect(!first.isResumed.client)
        converse(first)
        let second = try connect(sessions)
        #expect(second.isResumed.client)
        #expect(second.isResumed.server)
        converse(second)
        let third = try connect(sessions)
        #expect(third.isResumed.client)
    }

    /// Where the server leaves the choice to the client, as this one does.
    @Test func theCheapestOfTheStrongSuitesIsPreferred() throws {
        #expect(try connect(nil).suite == "TLS_AES_128_GCM_SHA256")
    }

    @Test func withoutACacheNothingIsResumed() throws {
        converse(try connect(nil))
        let second = try connect(nil)
        #expect(!second.isResumed.client)
    }

    @Test func cachesAreApart() throws {
        converse(try connect(TLSSessionCache()))
        let other = try connect(TLSSessionCache())
        #expect(!other.isResumed.client)
    }

    /// Far more sessions than a cache keeps: the oldest go, and each is freed once.
    @Test func aCacheIsBounded() throws {
        let sessions = TLSSessionCache()
        for _ in 0..<20 { converse(try connect(nil)) }
        for _ in 0..<20 { converse(try connect(sessions)) }
        #expect(try connect(sessions).isResumed.client)
    }

    @Test func aCutIsNoEnd() throws {
        let pair = try connect(nil)
        #expect(pair.write([1], fromClient: false) == .bytes(1))
        pair.cutServer()
        #expect(pair.read(byClient: true).bytes == [1])
        #expect(pair.read(byClient: true).transfer == .failed(.truncated))
    }

    @Test func plainTextIsNotTLS() throws {
        let pair = try TLSPair(client: client, server: server, host: "localhost")
        var bytes = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
        pair.sendRaw(&bytes, toClient: true)
        #expect(pair.step(ofClient: true) == .failed(.notTLS))
        let other = try TLSPair(client: client, server: server, host: "localhost")
        bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        other.sendRaw(&bytes, toClient: false)
        #expect(other.step(ofClient: false) == .failed(.plainHTTP))
        let third = try TLSPair(client: client, server: server, host: "localhost")
        bytes = Array("SSH-2.0-OpenSSH_9.6\r\n".utf8)
        third.sendRaw(&bytes, toClient: false)
        #expect(third.step(ofClient: false) == .failed(.notTLS))
    }

    @Test func whatIsPendingIsTold() throws {
        let pair = try connect(nil)
        #expect(pair.write([UInt8](repeating: 7, count: 100), fromClient: true) == .bytes(100))
        #expect(pair.read(byClient: false, limit: 10).bytes.count == 10)
        #expect(pair.serverHasPending())
        #expect(pair.read(byClient: false, limit: 1000).bytes.count == 90)
        #expect(!pair.serverHasPending())
        #expect(pair.read(byClient: false).transfer == .wantsRead)
    }

    @Test func aFullSocketBlocksAndGoesOn() throws {
        let pair = try connect(nil)
        let block = [UInt8](repeating: 9, count: 100_000)
        var sent = 0
        writing: for _ in 0..<1_000 {
            switch pair.write(block, fromClient: false) {
            case .bytes(let count): sent += count
            case .wantsWrite: break writing
            default: Issue.record("a write must go on or wait")
            }
        }
        var received = 0
        while case .bytes(let count) = pair.read(byClient: true, limit: 65_536).transfer { received += count }
        #expect(sent > 100_000)
        #expect(received <= sent + block.count)
        // The record that waited leaves first, and in full.
        #expect(pair.write(block, fromClient: false) != .wantsWrite)
    }
}
