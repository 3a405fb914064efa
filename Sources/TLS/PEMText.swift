internal import COpenSSL

/// Certificates and keys as PEM.
enum PEMText {
    static func of(_ certificate: Certificate) throws(TLSError) -> [UInt8] {
        try unsafe written { unsafe PEM_write_bio_X509($0, certificate.pointer) }
    }

    static func of(_ key: PrivateKey) throws(TLSError) -> [UInt8] {
        try unsafe written { unsafe PEM_write_bio_PrivateKey($0, key.pointer, nil, nil, 0, nil, nil) }
    }

    private static func written(_ write: (OpaquePointer) -> Int32) throws(TLSError) -> [UInt8] {
        guard let output = unsafe BIO_new(BIO_s_mem()) else { throw .outOfMemory }
        // Freeing the BIO wipes its memory.
        defer { unsafe BIO_free(output) }
        guard unsafe write(output) == 1 else { throw .outOfMemory }
        var text: UnsafeMutablePointer<CChar>?
        let count = unsafe cartouche_bio_memory(output, &text)
        return unsafe Array(UnsafeRawBufferPointer(start: text, count: max(count, 0)))
    }
}
