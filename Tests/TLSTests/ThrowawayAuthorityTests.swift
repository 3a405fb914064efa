import TLS
import Testing

struct ThrowawayAuthorityTests {
    @Test func certificatesVerifyAgainstTheirAuthority() throws {
        guard let openssl = OpenSSLTool() else { return }
        let authority = try ThrowawayAuthority(commonName: "Cartouche sandbox")
        let server = try authority.issue(names: ["localhost"], addresses: ["127.0.0.1", "::1"])
        let ca = try openssl.file("ca.pem", authority.caCertificate)
        let leaf = try openssl.file("leaf.pem", server.chain)
        let checks = [
            ["-verify_hostname", "localhost"], ["-verify_ip", "127.0.0.1"], ["-verify_ip", "::1"],
        ]
        for check in checks {
            let result = try openssl.run(["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca] + check + [leaf])
            #expect(result.status == 0, "\(result.output)")
        }
        let other = try openssl.run(["verify", "-CAfile", ca, "-verify_hostname", "example.com", leaf])
        #expect(other.status != 0)
    }

    @Test func extensionsAreThoseAskedFor() throws {
        guard let openssl = OpenSSLTool() else { return }
        let authority = try ThrowawayAuthority(commonName: "Cartouche sandbox")
        let ca = try openssl.text(of: authority.caCertificate)
        #expect(ca.contains("Subject: CN = Cartouche sandbox"))
        #expect(ca.contains("X509v3 Basic Constraints: critical\n                CA:TRUE"))
        #expect(ca.contains("X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign"))
        #expect(ca.contains("X509v3 Subject Key Identifier"))
        #expect(ca.contains("prime256v1"))
        let leaf = try openssl.text(
            of: authority.issue(names: ["localhost"], addresses: ["127.0.0.1", "::1"]).chain)
        #expect(leaf.contains("Issuer: CN = Cartouche sandbox"))
        #expect(leaf.contains("CA:FALSE"))
        #expect(leaf.contains("TLS Web Server Authentication"))
        #expect(leaf.contains("X509v3 Authority Key Identifier"))
        #expect(leaf.contains("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"))
        #expect(leaf.contains("Version: 3 (0x2)"))
    }

    @Test func serialNumbersAndKeysDiffer() throws {
        let authority = try ThrowawayAuthority(commonName: "Cartouche sandbox")
        let one = try authority.issue(names: ["localhost"], addresses: [])
        let other = try authority.issue(names: ["localhost"], addresses: [])
        #expect(one.key != other.key)
        #expect(one.chain != other.chain)
        #expect(String(decoding: one.key, as: UTF8.self).hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    }

    @Test func authoritiesWithOneNameDoNotVouchForEachOther() throws {
        guard let openssl = OpenSSLTool() else { return }
        let one = try ThrowawayAuthority(commonName: "Cartouche sandbox")
        let other = try ThrowawayAuthority(commonName: "Cartouche sandbox")
        let ca = try openssl.file("ca.pem", one.caCertificate)
        let leaf = try openssl.file("leaf.pem", other.issue(names: ["localhost"], addresses: []).chain)
        #expect(try openssl.run(["verify", "-CAfile", ca, leaf]).status != 0)
    }

    @Test(arguments: ["not an address", "127.0.0.1,DNS:evil.example", "256.0.0.1", "", "[::1]"])
    func addressesMustBeAddresses(address: String) throws {
        let authority = try ThrowawayAuthority(commonName: "Cartouche sandbox")
        #expect(throws: TLSError.certificateUnissuable) { try authority.issue(names: [], addresses: [address]) }
    }

    /// Neither can one name become two, nor can a NUL hide the rest of it.
    @Test(arguments: ["a\u{0}.example", "bücher.example", "a b", "a\n"])
    func namesMustBeASCII(name: String) throws {
        let authority = try ThrowawayAuthority(commonName: "Cartouche sandbox")
        #expect(throws: TLSError.certificateUnissuable) { try authority.issue(names: [name], addresses: []) }
    }

    @Test func aNameWithACommaStaysOneName() throws {
        guard let openssl = OpenSSLTool() else { return }
        let authority = try ThrowawayAuthority(commonName: "Cartouche sandbox")
        let issued = try authority.issue(names: ["a.example,DNS:b.example"], addresses: [])
        let leaf = try openssl.file("leaf.pem", issued.chain)
        let ca = try openssl.file("ca.pem", authority.caCertificate)
        #expect(try openssl.run(["verify", "-CAfile", ca, "-verify_hostname", "b.example", leaf]).status != 0)
    }

    @Test func commonNamesHaveALimit() {
        #expect(throws: TLSError.certificateUnissuable) {
            try ThrowawayAuthority(commonName: String(repeating: "x", count: 65))
        }
        #expect(throws: TLSError.certificateUnissuable) {
            try ThrowawayAuthority(commonName: "x", validity: 0...Int.max)
        }
    }
}
