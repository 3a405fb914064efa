internal import COpenSSL
import Secrets

/// The key under which lines and head records are authenticated: HMAC with SHA-256 (RFC 2104), cut to 128 bits.
///
/// A plain hash would do against accidents. Against somebody who can write to the log it does not: he would compute
/// the hashes anew.
package struct AuditKey: Sendable {
    package static let bytes = 32
    package static let codeBytes = 16

    private let secret: Secret

    package init?(_ secret: Secret) {
        guard secret.count == Self.bytes else { return nil }
        self.secret = secret
    }

    /// A new one. Nil where libcrypto has no random numbers.
    package static func generate() -> Secret? {
        var random = [UInt8](repeating: 0, count: bytes)
        defer { wipe(&random) }
        let isRandom = unsafe random.withUnsafeMutableBufferPointer { buffer in
            unsafe RAND_bytes(buffer.baseAddress, Int32(truncatingIfNeeded: buffer.count)) == 1
        }
        return isRandom ? Secret(copying: random.span) : nil
    }

    /// The authentication code of a message. Nil where libcrypto fails, which it does not without being out of memory.
    func code(of message: Span<UInt8>) -> AuditCode? {
        var output = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        let isDone = secret.withExposedBytes { key in
            unsafe key.withUnsafeBufferPointer { key in
                unsafe message.withUnsafeBufferPointer { message in
                    unsafe output.withUnsafeMutableBufferPointer { output in
                        unsafe HMAC(
                            EVP_sha256(), key.baseAddress, Int32(truncatingIfNeeded: key.count), message.baseAddress,
                            message.count, output.baseAddress, &length) != nil
                    }
                }
            }
        }
        guard isDone, length == 32 else { return nil }
        return AuditCode(output.span.extracting(first: Self.codeBytes))
    }
}
