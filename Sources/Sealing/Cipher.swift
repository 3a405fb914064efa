internal import COpenSSL
import Secrets

/// One use of AES-256-GCM (NIST SP 800-38D): what is only authenticated, then what is transformed, then the end.
@safe
final class Cipher {
    enum Direction: Int32 {
        case decrypt = 0
        case encrypt = 1
    }

    private let context: OpaquePointer

    init(_ direction: Direction, key: Secret, nonce: Span<UInt8>) throws(SealingError) {
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .libraryFailed }
        unsafe self.context = context
        guard key.count == KeyDerivation.keyBytes, nonce.count == Seal.nonceBytes else { throw .libraryFailed }
        let isReady = key.withExposedBytes { key in
            unsafe key.withUnsafeBufferPointer { key in
                unsafe nonce.withUnsafeBufferPointer { nonce in
                    unsafe EVP_CipherInit_ex(
                        context, EVP_aes_256_gcm(), nil, key.baseAddress, nonce.baseAddress, direction.rawValue) == 1
                }
            }
        }
        guard isReady else { throw .libraryFailed }
    }

    // It wipes the key schedule it holds.
    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    func authenticate(_ bytes: Span<UInt8>) throws(SealingError) {
        guard !bytes.isEmpty else { return }
        guard let count = Int32(exactly: bytes.count) else { throw .tooLong }
        var done: Int32 = 0
        let isTaken = unsafe bytes.withUnsafeBufferPointer {
            unsafe EVP_CipherUpdate(context, nil, &done, $0.baseAddress, count) == 1
        }
        guard isTaken, done == count else { throw .libraryFailed }
    }

    /// - Parameter output: has room for all of it, so that it does not move.
    func transform(_ bytes: Span<UInt8>, appendingTo output: inout [UInt8]) throws(SealingError) {
        guard !bytes.isEmpty else { return }
        guard let count = Int32(exactly: bytes.count) else { throw .tooLong }
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: bytes.count))
        var done: Int32 = 0
        let isDone = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                let free = unsafe UnsafeMutableBufferPointer(rebasing: output[start...])
                return unsafe EVP_CipherUpdate(context, free.baseAddress, &done, input.baseAddress, count) == 1
            }
        }
        guard isDone, done == count else { throw .libraryFailed }
    }

    /// Ends the use; when decrypting, fails unless the tag is right.
    func finish() throws(SealingError) {
        // GCM is a stream: nothing comes out here, but the function wants room for a block.
        var rest = [UInt8](repeating: 0, count: 16)
        var done: Int32 = 0
        let isDone = unsafe rest.withUnsafeMutableBufferPointer {
            unsafe EVP_CipherFinal_ex(context, $0.baseAddress, &done) == 1
        }
        guard isDone, done == 0 else {
            ERR_clear_error()
            throw .libraryFailed
        }
    }

    func appendTag(to output: inout [UInt8]) throws(SealingError) {
        var tag = [UInt8](repeating: 0, count: Seal.tagBytes)
        guard control(EVP_CTRL_AEAD_GET_TAG, &tag) else { throw .libraryFailed }
        output += tag
    }

    func expectTag(_ expected: Span<UInt8>) throws(SealingError) {
        var tag: [UInt8] = []
        for index in expected.indices { tag.append(expected[index]) }
        guard tag.count == Seal.tagBytes, control(EVP_CTRL_AEAD_SET_TAG, &tag) else { throw .libraryFailed }
    }

    private func control(_ command: Int32, _ tag: inout [UInt8]) -> Bool {
        unsafe tag.withUnsafeMutableBytes {
            unsafe EVP_CIPHER_CTX_ctrl(context, command, Int32(truncatingIfNeeded: $0.count), $0.baseAddress) == 1
        }
    }
}
