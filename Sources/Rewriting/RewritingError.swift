import Compression

/// Why an answer's body may not go on to the client. Each case names the rule that was broken.
package enum RewritingError: Error, Equatable, Sendable {
    /// The compressed body cannot be read, or grows beyond its limits.
    case bodyMustInflate(CompressionError)
    /// The body holds one of our secrets where it cannot be masked: its bytes are relayed as they came.
    case secretMustNotReturn
    /// A compressed body makes the guard withhold more than ``CompressedGuard/withheldLimit``.
    case withheldBytesMustBeBounded
}
