internal import COpenSSL
import Secrets

/// Encrypts and authenticates small pieces of data under a key derived from a secret: AES-256-GCM, with the key
/// from HKDF-SHA256.
///
/// What is sealed reads `version (8 bytes) | salt (16) | nonce (12) | ciphertext | tag (16)`. The salt is random,
/// so every piece has a key of its own, and no number of pieces brings two nonces together under one key.
package struct Seal: Sendable {
    private let secret: Secret
    private let purpose: [UInt8]

    private static let version: [UInt8] = Array("CTCHSEAL".utf8)
    static let saltBytes = 16
    static let nonceBytes = 12
    static let tagBytes = 16
    private static var leadBytes: Int { version.count + saltBytes + nonceBytes }
    /// The most that is sealed at once, in bytes.
    package static let limit = 1 << 20
    /// By how many bytes a sealed piece is longer than its content.
    package static var overhead: Int { leadBytes + tagBytes }

    /// - Parameter purpose: what the key is for. The same secret under another purpose gives another key.
    package init(under secret: Secret, purpose: String) {
        self.secret = secret
        self.purpose = Array(purpose.utf8)
    }

    /// - Parameter context: what the content belongs to; it can be opened with the same context only.
    package func seal(_ content: Span<UInt8>, boundTo context: Span<UInt8>) throws(SealingError) -> [UInt8] {
        guard content.count <= Self.limit, context.count <= Self.limit else { throw .tooLong }
        var random = [UInt8](repeating: 0, count: Self.saltBytes + Self.nonceBytes)
        let isRandom = unsafe random.withUnsafeMutableBufferPointer { buffer in
            unsafe RAND_bytes(buffer.baseAddress, Int32(truncatingIfNeeded: buffer.count)) == 1
        }
        guard isRandom else { throw .libraryFailed }
        let key = try key(salt: random.span.extracting(first: Self.saltBytes))
        var output = Self.version + random
        output.reserveCapacity(content.count + Self.overhead)
        let cipher = try Cipher(.encrypt, key: key, nonce: random.span.extracting(last: Self.nonceBytes))
        try cipher.authenticate(Self.version.span)
        try cipher.authenticate(context)
        try cipher.transform(content, appendingTo: &output)
        try cipher.finish()
        try cipher.appendTag(to: &output)
        return output
    }

    package func open(_ sealed: Span<UInt8>, boundTo context: Span<UInt8>) throws(SealingError) -> Secret {
        guard sealed.count >= Self.overhead, sealed.count <= Self.limit + Self.overhead, context.count <= Self.limit,
            Self.version.indices.allSatisfy({ sealed[$0] == Self.version[$0] })
        else { throw .notSealed }
        let random = sealed.extracting(Self.version.count..<Self.leadBytes)
        let key = try key(salt: random.extracting(first: Self.saltBytes))
        var content: [UInt8] = []
        content.reserveCapacity(sealed.count)
        // Wiped on every way out: until the tag has been checked it is not known what it is.
        defer { wipe(&content) }
        let cipher = try Cipher(.decrypt, key: key, nonce: random.extracting(last: Self.nonceBytes))
        try cipher.authenticate(Self.version.span)
        try cipher.authenticate(context)
        try cipher.transform(
            sealed.extracting(Self.leadBytes..<(sealed.count - Self.tagBytes)), appendingTo: &content)
        try cipher.expectTag(sealed.extracting(last: Self.tagBytes))
        do throws(SealingError) { try cipher.finish() } catch { throw .notAuthentic }
        return Secret(copying: content.span)
    }

    private func key(salt: Span<UInt8>) throws(SealingError) -> Secret {
        try KeyDerivation.key(from: secret, salt: salt, info: purpose.span)
    }
}
