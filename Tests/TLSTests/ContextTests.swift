import TLS
import Testing

struct ContextTests {
    @Test func aKeyMustBeItsCertificates() throws {
        let authority = try ThrowawayAuthority(commonName: "Cartouche test authority")
        let one = try authority.issue(names: ["localhost"], addresses: [])
        let other = try authority.issue(names: ["localhost"], addresses: [])
        #expect(throws: TLSError.keyUnusable) {
            try TLSContext.server(certificateChain: one.chain, key: other.key)
        }
        #expect(throws: TLSError.keyUnusable) { try TLSContext.server(certificateChain: [], key: one.key) }
        #expect(throws: TLSError.keyUnusable) { try TLSContext.server(certificateChain: one.chain, key: []) }
        #expect(throws: TLSError.keyUnusable) {
            try TLSContext.server(certificateChain: one.chain, key: Array(one.key.dropLast(60)))
        }
    }

    @Test(arguments: ["", "no certificate", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
    func authoritiesMustBeCertificates(text: String) throws {
        // Nothing to trust is no error, as the system's authorities may be; a text without certificates is.
        if text.isEmpty {
            _ = try TLSContext.client(trustingSystem: false, authorities: [])
            return
        }
        #expect(throws: TLSError.caFileUnreadable) {
            try TLSContext.client(trustingSystem: false, authorities: Array(text.utf8))
        }
    }

    @Test func everyCutOfAListIsNoticed() throws {
        let authority = try ThrowawayAuthority(commonName: "Cartouche test authority")
        let pem = authority.caCertificate
        // A piece of the first line is a comment like any other; behind the end line nothing is missing.
        let beginLine = "-----BEGIN CERTIFICATE-----\n".utf8.count
        let endLine = "-----END CERTIFICATE-----\n".utf8.count
        for length in stride(from: beginLine, to: pem.count - endLine, by: 7) {
            #expect(throws: TLSError.caFileUnreadable, "cut to \(length) bytes") {
                try TLSContext.client(trustingSystem: false, authorities: pem + Array(pem[..<length]))
            }
        }
    }
}
