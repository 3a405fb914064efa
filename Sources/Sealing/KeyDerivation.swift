internal import COpenSSL
import Secrets

/// HKDF with SHA-256 (RFC 5869) for keys of 32 bytes, which is one block: extract, then expand once.
package enum KeyDerivation {
    package static let keyBytes = 32

    package static func key(
        from secret: Secret, salt: Span<UInt8>, info: Span<UInt8>
    ) throws(SealingError) -> Secret {
        // RFC 5869 §2.2: PRK = HMAC-Hash(salt, IKM)
        let extracted = try secret.withExposedBytes { bytes throws(SealingError) in
            try authenticate(bytes, key: salt)
        }
        var block: [UInt8] = []
        block.reserveCapacity(info.count + 1)
        for index in info.indices { block.append(info[index]) }
        // RFC 5869 §2.3: T(1) = HMAC-Hash(PRK, T(0) | info | 0x01), and T(0) is empty.
        block.append(1)
        return try extracted.withExposedBytes { bytes throws(SealingError) in
            try authenticate(block.span, key: bytes)
        }
    }

    private static func authenticate(
        _ message: Span<UInt8>, key: Span<UInt8>
    ) throws(SealingError) -> Secret {
        guard let keyLength = Int32(exactly: key.count) else { throw .tooLong }
        var output = [UInt8](repeating: 0, count: keyBytes)
        defer { wipe(&output) }
        var length: UInt32 = 0
        let isDone = unsafe key.withUnsafeBufferPointer { key in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe HMAC(
                        EVP_sha256(), key.baseAddress, keyLength, message.baseAddress, message.count,
                        output.baseAddress, &length) != nil
                }
            }
        }
        guard isDone, length == keyBytes else { throw .libraryFailed }
        return Secret(copying: output.span)
    }
}
