internal import COpenSSL

/// A certificate authority that lives in this process's memory and is gone with it.
///
/// It certifies servers on this machine for its own clients. Its key is never written anywhere.
package struct ThrowawayAuthority {
    /// The certificate to trust, PEM.
    package let caCertificate: [UInt8]

    private let certificate: Certificate
    private let key: PrivateKey

    /// From an hour ago, for clocks differ, for a day; seconds from now.
    package static let oneDay: ClosedRange<Int> = -3_600...82_800

    /// Makes a P-256 key and a certificate over it.
    ///
    /// - Parameters:
    ///   - commonName: at most 64 characters.
    ///   - validity: the certificate's first and last second, from now.
    package init(commonName: String, validity: ClosedRange<Int> = oneDay) throws(TLSError) {
        let draft = try CertificateDraft(commonName: commonName, validity: validity)
        // RFC 5280 §4.2.1.9 and §4.2.1.3.
        try draft.extend(NID_basic_constraints, "critical,CA:TRUE", issuer: draft.certificate)
        try draft.extend(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: draft.certificate)
        try draft.extend(NID_subject_key_identifier, "hash", issuer: draft.certificate)
        certificate = try draft.signed(by: draft.key, issuer: draft.certificate)
        key = draft.key
        caCertificate = try PEMText.of(certificate)
    }

    /// Certifies a new key for a server.
    ///
    /// - Parameters:
    ///   - names: DNS names, a wildcard in front allowed; nothing is checked but that they are ASCII.
    ///   - addresses: numeric IP addresses, without brackets.
    ///   - commonName: what stands in the subject, where no client should look for a name.
    /// - Throws: `certificateUnissuable` for an address that is none, a name that is not ASCII, or dates out of range.
    package func issue(
        names: [String], addresses: [String], commonName: String = "Cartouche throwaway server",
        validity: ClosedRange<Int> = oneDay, purpose: Purpose = .server
    ) throws(TLSError) -> ServerCertificate {
        let draft = try CertificateDraft(commonName: commonName, validity: validity)
        try draft.extend(NID_basic_constraints, "critical,CA:FALSE", issuer: certificate)
        try draft.extend(NID_key_usage, "critical,digitalSignature", issuer: certificate)
        try draft.extend(NID_ext_key_usage, purpose.rawValue, issuer: certificate)
        try draft.extend(NID_subject_key_identifier, "hash", issuer: certificate)
        try draft.extend(NID_authority_key_identifier, "keyid:always", issuer: certificate)
        if !names.isEmpty || !addresses.isEmpty { try draft.nameSubjects(names: names, addresses: addresses) }
        let issued = try draft.signed(by: key, issuer: certificate)
        return ServerCertificate(chain: try PEMText.of(issued), key: try PEMText.of(draft.key))
    }

    /// What the certified key may be used for (RFC 5280 §4.2.1.12).
    package enum Purpose: String, Sendable {
        case server = "serverAuth"
        case client = "clientAuth"
    }
}
