internal import COpenSSL

/// One parsed certificate; frees it with the last reference.
@safe
final class Certificate {
    let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }
    deinit { unsafe X509_free(pointer) }
}

/// The certificates of a PEM text, in its order.
struct CertificateList {
    var certificates: [Certificate] = []

    /// - Throws: `caFileUnreadable` where the text breaks off inside a certificate or one cannot be parsed.
    init(pem: [UInt8]) throws(TLSError) {
        guard let source = PEMSource(pem) else { throw .outOfMemory }
        ERR_clear_error()
        while let next = unsafe PEM_read_bio_X509(source.bio, nil, nil, nil) {
            unsafe certificates.append(Certificate(next))
        }
        let last = ERR_peek_last_error()
        ERR_clear_error()
        // "No start line" is how the end of the list shows; everything else is a broken certificate.
        guard last == 0 || cartouche_error_reason(last) == PEM_R_NO_START_LINE else { throw .caFileUnreadable }
    }
}

/// A private key; frees (and so wipes) it with the last reference.
@safe
final class PrivateKey {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    init?(pem: [UInt8]) {
        // Without a callback libcrypto would ask for a passphrase on the terminal.
        guard let source = PEMSource(pem),
            let key = unsafe PEM_read_bio_PrivateKey(source.bio, nil, { _, _, _, _ in 0 }, nil)
        else {
            ERR_clear_error()
            return nil
        }
        unsafe pointer = key
    }

    deinit { unsafe EVP_PKEY_free(pointer) }
}

/// A memory BIO over a copy of some PEM text.
@safe
final class PEMSource {
    let bio: OpaquePointer

    init?(_ pem: [UInt8]) {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else { return nil }
        unsafe self.bio = bio
        let written = unsafe pem.withUnsafeBytes { buffer in
            unsafe BIO_write(bio, buffer.baseAddress, Int32(clamping: buffer.count))
        }
        guard Int(written) == pem.count || pem.isEmpty else { return nil }
    }

    /// The next block, whatever it holds; nil at the end and where no block can be read.
    func next() -> (label: String, der: [UInt8])? {
        var name: UnsafeMutablePointer<CChar>?
        var header: UnsafeMutablePointer<CChar>?
        var data: UnsafeMutablePointer<UInt8>?
        var length = 0
        guard unsafe PEM_read_bio(bio, &name, &header, &data, &length) == 1 else { return nil }
        defer {
            unsafe cartouche_free(name)
            unsafe cartouche_free(header)
            unsafe cartouche_free(data)
        }
        guard let label = unsafe name.map({ unsafe String(cString: $0) }) else { return nil }
        return (label, unsafe Array(UnsafeBufferPointer(start: data, count: length)))
    }

    deinit { unsafe BIO_free(bio) }
}
