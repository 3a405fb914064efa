import Dispatch
import Foundation
import Testing

@testable import TLS

/// Authorities that are parsed only when a chain asks for them.
struct TrustBundleTests {
    private static func verdict(
        of authority: ThrowawayAuthority, by client: TLSContext
    ) throws -> TLSError? {
        let certificate = try authority.issue(names: ["localhost"], addresses: [])
        let server = try TLSContext.server(certificateChain: certificate.chain, key: certificate.key)
        switch try TLSPair(client: client, server: server, host: "localhost").handshake().client {
        case .done: return nil
        case .failed(let error): return error
        case .wantsRead, .wantsWrite: throw TLSError.truncated
        }
    }

    @Test func whoIsInTheBundleIsTrusted() throws {
        let authorities = try (0..<5).map { try ThrowawayAuthority(commonName: "Authority \($0)") }
        let stranger = try ThrowawayAuthority(commonName: "Authority 5")
        let comments = authorities.map { Array("# one of them\n".utf8) + $0.caCertificate }
        let client = try TLSContext.client(trusting: TrustBundle(pem: Array(comments.joined())))
        for authority in authorities.reversed() {
            // The second time it is in the store already.
            for _ in 0..<2 { #expect(try Self.verdict(of: authority, by: client) == nil) }
        }
        #expect(try Self.verdict(of: stranger, by: client) == .certificateAuthorityUnknown)
    }

    /// An authority that has renewed its key keeps its name, and is in the list twice.
    @Test func ofSeveralWithOneNameEachIsTried() throws {
        let old = try ThrowawayAuthority(commonName: "Authority")
        let new = try ThrowawayAuthority(commonName: "Authority")
        let impostor = try ThrowawayAuthority(commonName: "Authority")
        let client = try TLSContext.client(trusting: TrustBundle(pem: old.caCertificate + new.caCertificate))
        #expect(try Self.verdict(of: new, by: client) == nil)
        #expect(try Self.verdict(of: old, by: client) == nil)
        #expect(try Self.verdict(of: impostor, by: client) != nil)
    }

    @Test func whatIsNoCertificateIsPassedOver() throws {
        let authority = try ThrowawayAuthority(commonName: "Authority")
        let other = try ThrowawayAuthority(commonName: "Other authority")
        let blocks = [
            Array("no PEM\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8),
            // A sequence in a sequence, whose lengths lead out of it.
            Array("-----BEGIN CERTIFICATE-----\nMH8wfwAA\n-----END CERTIFICATE-----\n".utf8),
            Array("-----BEGIN X509 CRL-----\nMAMCAQE=\n-----END X509 CRL-----\n".utf8),
            authority.caCertificate, other.caCertificate.dropLast(40),
        ]
        let client = try TLSContext.client(trusting: TrustBundle(pem: Array(blocks.joined())))
        #expect(try Self.verdict(of: authority, by: client) == nil)
        #expect(try Self.verdict(of: other, by: client) == .certificateAuthorityUnknown)
        let nobody = try TLSContext.client(trusting: TrustBundle(pem: []))
        #expect(try Self.verdict(of: authority, by: nobody) == .certificateAuthorityUnknown)
    }

    @Test func everyCutOfACertificateIsRefusedOrWhole() throws {
        let authority = try ThrowawayAuthority(commonName: "Authority")
        let tool = try #require(OpenSSLTool())
        let pem = try tool.file("authority.pem", authority.caCertificate)
        _ = try tool.run(["x509", "-in", pem, "-outform", "DER", "-out", tool.path("authority.der")])
        let der = try tool.contents("authority.der")
        for length in 0..<der.count {
            let cut = Data(der[..<length]).base64EncodedString()
            let text = "-----BEGIN CERTIFICATE-----\n\(cut)\n-----END CERTIFICATE-----\n"
            let client = try TLSContext.client(trusting: TrustBundle(pem: Array(text.utf8)))
            #expect(try Self.verdict(of: authority, by: client) == .certificateAuthorityUnknown, "\(length) bytes")
        }
    }

    /// `openssl x509 -addtrust`: what a certificate is trusted for stands behind it.
    @Test func whatACertificateIsTrustedForCounts() throws {
        let tool = try #require(OpenSSLTool())
        for (use, isTrusted) in [("serverAuth", true), ("emailProtection", false)] {
            let authority = try ThrowawayAuthority(commonName: "Authority for \(use)")
            let plain = try tool.file("authority.pem", authority.caCertificate)
            let marked = ["x509", "-in", plain, "-addtrust", use, "-trustout", "-out", tool.path("marked.pem")]
            #expect(try tool.run(marked).status == 0)
            let client = try TLSContext.client(trusting: TrustBundle(pem: try tool.contents("marked.pem")))
            #expect(try (Self.verdict(of: authority, by: client) == nil) == isTrusted, "\(use)")
        }
    }

    @Test func manyMayAskAtOnce() throws {
        let authority = try ThrowawayAuthority(commonName: "Authority")
        let certificate = try authority.issue(names: ["localhost"], addresses: [])
        for _ in 0..<20 {
            let client = try TLSContext.client(trusting: TrustBundle(pem: authority.caCertificate))
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                do {
                    let server = try TLSContext.server(certificateChain: certificate.chain, key: certificate.key)
                    let pair = try TLSPair(client: client, server: server, host: "localhost")
                    #expect(pair.handshake().client == .done)
                } catch {
                    Issue.record(error)
                }
            }
        }
    }

    @Test func aFileThatIsMissingIsNone() {
        #expect(TrustBundle(file: "/nonexistent/certificates.pem") == nil)
        #expect(TrustBundle(file: "/") == nil)
        // Endless.
        #expect(TrustBundle(file: "/dev/zero") == nil)
    }
}
