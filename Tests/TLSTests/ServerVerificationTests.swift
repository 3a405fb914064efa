import TLS
import Testing

/// Whom our client takes for the server it wants, and whom not.
struct ServerVerificationTests {
    let authority: ThrowawayAuthority
    let client: TLSContext

    init() throws {
        authority = try ThrowawayAuthority(commonName: "Cartouche test authority")
        client = try TLSContext.client(trustingSystem: false, authorities: authority.caCertificate)
    }

    private func verdict(_ certificate: ServerCertificate, host: String, isAddress: Bool = false) throws -> TLSError? {
        let server = try TLSContext.server(certificateChain: certificate.chain, key: certificate.key)
        return try verdict(server, host: host, isAddress: isAddress)
    }

    private func verdict(_ server: TLSContext, host: String, isAddress: Bool = false) throws -> TLSError? {
        let pair = try TLSPair(client: client, server: server, host: host, isAddress: isAddress)
        switch pair.handshake().client {
        case .done: return nil
        case .failed(let error): return error
        case .wantsRead, .wantsWrite: throw TLSError.truncated
        }
    }

    @Test(arguments: [
        ("localhost", false), ("LOCALHOST", false), ("127.0.0.1", true), ("::1", true), ("a.example.com", false),
    ])
    func namedServersAreAccepted(host: String, isAddress: Bool) throws {
        let certificate = try authority.issue(
            names: ["localhost", "*.example.com"], addresses: ["127.0.0.1", "::1"])
        #expect(try verdict(certificate, host: host, isAddress: isAddress) == nil)
    }

    @Test(arguments: [
        ("localhost.example.com", false), ("example.com", false), ("a.b.example.com", false), ("127.0.0.2", true),
        ("::2", true), ("xlocalhost", false),
    ])
    func otherNamesAreRefused(host: String, isAddress: Bool) throws {
        let certificate = try authority.issue(names: ["localhost", "*.example.net"], addresses: ["127.0.0.1"])
        #expect(try verdict(certificate, host: host, isAddress: isAddress) == .certificateNameMismatch)
    }

    /// The subject's common name names nobody (RFC 9110 §4.3.4).
    @Test func aCommonNameIsNoName() throws {
        let certificate = try authority.issue(names: [], addresses: [], commonName: "localhost")
        #expect(try verdict(certificate, host: "localhost") == .certificateNameMismatch)
        let numeric = try authority.issue(names: [], addresses: [], commonName: "127.0.0.1")
        #expect(try verdict(numeric, host: "127.0.0.1", isAddress: true) == .certificateNameMismatch)
    }

    /// RFC 9525 §6.3: a wildcard is a whole label, the first one.
    @Test(arguments: ["f*.example.com", "*oo.example.com", "f*o.example.com", "foo.*.com", "*.com.example"])
    func partialWildcardsAreRefused(name: String) throws {
        let certificate = try authority.issue(names: [name], addresses: [])
        #expect(try verdict(certificate, host: "foo.example.com") == .certificateNameMismatch)
    }

    /// An address in a DNS name is not an address.
    @Test func anAddressMustBeCertifiedAsOne() throws {
        let certificate = try authority.issue(names: ["127.0.0.1"], addresses: [])
        #expect(try verdict(certificate, host: "127.0.0.1", isAddress: true) == .certificateNameMismatch)
    }

    @Test func datesCount() throws {
        let old = try authority.issue(names: ["localhost"], addresses: [], validity: -7_200 ... -3_600)
        #expect(try verdict(old, host: "localhost") == .certificateExpired)
        let early = try authority.issue(names: ["localhost"], addresses: [], validity: 3_600...7_200)
        #expect(try verdict(early, host: "localhost") == .certificateNotYetValid)
    }

    @Test func anAuthoritysDatesCount() throws {
        let old = try ThrowawayAuthority(commonName: "Old authority", validity: -7_200 ... -3_600)
        let certificate = try old.issue(names: ["localhost"], addresses: [])
        let client = try TLSContext.client(trustingSystem: false, authorities: old.caCertificate)
        let server = try TLSContext.server(certificateChain: certificate.chain, key: certificate.key)
        let pair = try TLSPair(client: client, server: server, host: "localhost")
        #expect(pair.handshake().client == .failed(.certificateExpired))
    }

    @Test func unknownAuthoritiesAreRefused() throws {
        let other = try ThrowawayAuthority(commonName: "Cartouche test authority")
        let certificate = try other.issue(names: ["localhost"], addresses: [])
        #expect(try verdict(certificate, host: "localhost") != nil)
        let stranger = try ThrowawayAuthority(commonName: "A stranger")
        let strange = try stranger.issue(names: ["localhost"], addresses: [])
        #expect(try verdict(strange, host: "localhost") == .certificateAuthorityUnknown)
        // To send the authority along makes it no better.
        let server = try TLSContext.server(
            certificateChain: strange.chain + stranger.caCertificate, key: strange.key)
        #expect(try verdict(server, host: "localhost") == .certificateAuthorityUnknown)
    }

    @Test func certificatesForClientsAreRefused() throws {
        let certificate = try authority.issue(names: ["localhost"], addresses: [], purpose: .client)
        #expect(try verdict(certificate, host: "localhost") == .certificatePurposeWrong)
    }

    @Test func selfSignedCertificatesAreRefused() throws {
        guard let openssl = OpenSSLTool() else { return }
        let made = try openssl.run([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj",
            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "leaf.pem",
        ])
        #expect(made.status == 0, "\(made.output)")
        let server = try TLSContext.server(
            certificateChain: try openssl.contents("leaf.pem"), key: try openssl.contents("key.pem"))
        #expect(try verdict(server, host: "localhost") == .certificateSelfSigned)
    }

    @Test func weakKeysAreRefused() throws {
        guard let openssl = OpenSSLTool() else { return }
        let made = try openssl.run([
            "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "leaf.pem",
        ])
        #expect(made.status == 0, "\(made.output)")
        // Either our own server side will not serve it, or the client will not have it.
        guard let server = try? TLSContext.server(
            certificateChain: try openssl.contents("leaf.pem"), key: try openssl.contents("key.pem"))
        else { return }
        #expect(try verdict(server, host: "localhost") != nil)
    }

    /// A server's certificate vouches for nobody, whatever its holder signs with it.
    @Test func aServersCertificateIsNoAuthority() throws {
        guard let openssl = OpenSSLTool() else { return }
        let middle = try authority.issue(names: ["localhost"], addresses: [])
        let ca = try openssl.file("middle.pem", middle.chain)
        let key = try openssl.file("middle.key", middle.key)
        let extensions = try openssl.file("san.cnf", Array("subjectAltName=DNS:victim.example\n".utf8))
        let request = try openssl.run([
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=x",
            "-keyout", "leaf.key", "-out", "leaf.csr",
        ])
        #expect(request.status == 0, "\(request.output)")
        let signed = try openssl.run([
            "x509", "-req", "-in", "leaf.csr", "-CA", ca, "-CAkey", key, "-set_serial", "7", "-days", "1", "-extfile",
            extensions, "-out", "leaf.pem",
        ])
        #expect(signed.status == 0, "\(signed.output)")
        let server = try TLSContext.server(
            certificateChain: try openssl.contents("leaf.pem") + middle.chain, key: try openssl.contents("leaf.key"))
        #expect(try verdict(server, host: "victim.example") == .certificatePurposeWrong)
    }
}
