internal import COpenSSL

/// A certificate in the making, over a new P-256 key.
@safe
struct CertificateDraft {
    let certificate: Certificate
    let key: PrivateKey

    /// The version field counts from 0: this is X.509 v3 (RFC 5280 §4.1.2.1).
    private static let version3 = 2

    init(commonName: String, validity: ClosedRange<Int>) throws(TLSError) {
        ERR_clear_error()
        guard let certificate = unsafe X509_new() else { throw .outOfMemory }
        unsafe self.certificate = Certificate(certificate)
        guard let key = unsafe cartouche_generate_p256() else { throw .outOfMemory }
        unsafe self.key = PrivateKey(key)
        guard unsafe X509_set_version(certificate, Self.version3) == 1, setSerialNumber(),
            unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), validity.lowerBound) != nil,
            unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), validity.upperBound) != nil,
            setSubject(commonName), unsafe X509_set_pubkey(certificate, key) == 1
        else { throw .certificateUnissuable }
    }

    /// Random, positive and of at most 20 octets (RFC 5280 §4.1.2.2).
    private func setSerialNumber() -> Bool {
        guard let number = unsafe BN_new() else { return false }
        defer { unsafe BN_free(number) }
        return unsafe BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1
            && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.pointer)) != nil
    }

    private func setSubject(_ commonName: String) -> Bool {
        let bytes = Array(commonName.utf8)
        return unsafe bytes.withUnsafeBufferPointer {
            unsafe X509_NAME_add_entry_by_txt(
                X509_get_subject_name(certificate.pointer), "CN", MBSTRING_UTF8, $0.baseAddress,
                Int32(clamping: $0.count), -1, 0) == 1
        }
    }

    /// Adds the extension that `value` describes in the language of OpenSSL's configuration files: constants of
    /// ours only.
    func extend(_ kind: Int32, _ value: String, issuer: Certificate) throws(TLSError) {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, issuer.pointer, certificate.pointer, nil, nil, 0)
        guard let field = unsafe X509V3_EXT_conf_nid(nil, &context, kind, value) else { throw .certificateUnissuable }
        defer { unsafe X509_EXTENSION_free(field) }
        guard unsafe X509_add_ext(certificate.pointer, field, -1) == 1 else { throw .outOfMemory }
    }

    /// Says whom the certificate is for (RFC 5280 §4.2.1.6).
    func nameSubjects(names: [String], addresses: [String]) throws(TLSError) {
        guard let list = unsafe GENERAL_NAMES_new() else { throw .outOfMemory }
        defer { unsafe GENERAL_NAMES_free(list) }
        for name in names { unsafe try add(GEN_DNS, name, to: list) }
        for address in addresses { unsafe try add(GEN_IPADD, address, to: list) }
        guard unsafe X509_add1_ext_i2d(certificate.pointer, NID_subject_alt_name, UnsafeMutableRawPointer(list), 0, 0) == 1
        else { throw .outOfMemory }
    }

    private func add(_ kind: Int32, _ text: String, to list: OpaquePointer) throws(TLSError) {
        // A DNS name is an IA5String: ASCII. A NUL would end the C string before the name's end.
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let name = unsafe a2i_GENERAL_NAME(nil, nil, nil, kind, text, 0)
        else { throw .certificateUnissuable }
        guard unsafe cartouche_general_names_add(list, name) == 1 else {
            unsafe GENERAL_NAME_free(name)
            throw .outOfMemory
        }
    }

    func signed(by authority: PrivateKey, issuer: Certificate) throws(TLSError) -> Certificate {
        guard unsafe X509_set_issuer_name(certificate.pointer, X509_get_subject_name(issuer.pointer)) == 1,
            unsafe X509_sign(certificate.pointer, authority.pointer, EVP_sha256()) > 0
        else { throw .certificateUnissuable }
        return certificate
    }
}
