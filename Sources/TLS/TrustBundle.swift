internal import COpenSSL
internal import Synchronization

/// The trusted certificates of a PEM file, each parsed when a chain first asks for its subject.
///
/// The system's file holds some 140 certificates, of which a proxy needs one or two. To parse them all took libcrypto
/// 228 of the 310 million instructions of a start, and most of the heap. libcrypto asks its store first and then the
/// store's look-ups, as this is one; what a look-up has found it leaves in the store.
package final class TrustBundle: Sendable {
    private enum Content {
        /// As it was in the file.
        case unread([UInt8])
        /// DER by the hash of its subject's canonical form.
        case bySubject([UInt: [Block]])
    }

    private struct Block {
        let der: [UInt8]
        /// Followed by what it is trusted for (`openssl x509 -addtrust`).
        let hasTrust: Bool
    }

    private let content: Mutex<Content>

    package init(pem: [UInt8]) { content = Mutex(.unread(pem)) }

    /// - Returns: nil where the file cannot be read or is larger than any list of authorities.
    package convenience init?(file: String) {
        guard let pem = Self.read(file) else { return nil }
        self.init(pem: pem)
    }

    /// Ten times what systems ship.
    private static let sizeLimit = 4 << 20

    private static func read(_ file: String) -> [UInt8]? {
        defer { ERR_clear_error() }
        guard let input = unsafe BIO_new_file(file, "r") else { return nil }
        defer { unsafe BIO_free(input) }
        var bytes: [UInt8] = []
        while bytes.count <= sizeLimit {
            var count: Int32 = 0
            bytes += unsafe [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, filled in
                count = unsafe BIO_read(input, buffer.baseAddress, Int32(clamping: buffer.count))
                filled = max(Int(count), 0)
            }
            // Negative: a folder, or a disk that fails.
            guard count > 0 else { return count == 0 ? bytes : nil }
        }
        return nil
    }

    // MARK: Finding

    /// Those whose subject has the same hash as `name`.
    func certificates(ofSubject name: OpaquePointer) -> [Certificate] {
        let hash = unsafe Self.hash(of: name)
        let blocks = content.withLock { content in
            if case .unread(let pem) = content { content = .bySubject(Self.index(pem)) }
            guard case .bySubject(let index) = content else { return [Block]() }
            return index[hash] ?? []
        }
        return blocks.compactMap(Self.parse)
    }

    private static func hash(of name: OpaquePointer) -> UInt { unsafe X509_NAME_hash_ex(name, nil, nil, nil) }

    private static func index(_ pem: [UInt8]) -> [UInt: [Block]] {
        guard let source = PEMSource(pem) else { return [:] }
        var index: [UInt: [Block]] = [:]
        while let (label, der) = source.next() {
            guard ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"].contains(label),
                let subject = Self.subject(of: der)
            else { continue }
            index[subject, default: []].append(Block(der: der, hasTrust: label == "TRUSTED CERTIFICATE"))
        }
        ERR_clear_error()
        return index
    }

    private static func parse(_ block: Block) -> Certificate? {
        defer { ERR_clear_error() }
        return unsafe block.der.withUnsafeBufferPointer { der in
            var position = der.baseAddress
            let parsed =
                block.hasTrust
                ? unsafe d2i_X509_AUX(nil, &position, der.count) : unsafe d2i_X509(nil, &position, der.count)
            return unsafe parsed.map { unsafe Certificate($0) }
        }
    }

    /// The hash of a certificate's subject, found without parsing the rest (RFC 5280 §4.1).
    private static func subject(of der: [UInt8]) -> UInt? {
        unsafe der.withUnsafeBufferPointer { der in
            var cursor = unsafe DERCursor(position: der.baseAddress, remaining: der.count)
            // Into Certificate, and in it into TBSCertificate.
            guard cursor.enter(), cursor.enter() else { return nil }
            // The version, the only element with a tag of its own kind, may be missing.
            if cursor.isAtContextSpecificTag { guard cursor.skip() else { return nil } }
            // serialNumber, signature, issuer, validity
            for _ in 0..<4 { guard cursor.skip() else { return nil } }
            guard let name = unsafe d2i_X509_NAME(nil, &cursor.position, cursor.remaining) else { return nil }
            defer { unsafe X509_NAME_free(name) }
            return unsafe hash(of: name)
        }
    }
}

/// A place in a DER encoding (X.690 §8.1), valid as long as the buffer it was made in.
@safe
private struct DERCursor {
    var position: UnsafePointer<UInt8>?
    private(set) var remaining: Int

    init(position: UnsafePointer<UInt8>?, remaining: Int) {
        unsafe self.position = unsafe position
        self.remaining = remaining
    }

    var isAtContextSpecificTag: Bool {
        guard remaining > 0, let byte = unsafe position?.pointee else { return false }
        return byte >> 6 == 2
    }

    /// Passes the header of the next element: what follows is its content.
    mutating func enter() -> Bool { header() != nil }

    /// Passes the next element.
    mutating func skip() -> Bool {
        guard let length = header() else { return false }
        unsafe position = unsafe position?.advanced(by: length)
        remaining -= length
        return true
    }

    /// - Returns: the length of the content, which lies within what remains; nil where there is no element of definite length.
    private mutating func header() -> Int? {
        guard let before = unsafe position else { return nil }
        var length = 0
        var tag: Int32 = 0
        var tagClass: Int32 = 0
        let form = unsafe ASN1_get_object(&position, &length, &tag, &tagClass, remaining)
        guard form & 0x81 == 0, length >= 0, let after = unsafe position else { return nil }
        remaining -= unsafe after - before
        return length <= remaining ? length : nil
    }
}
