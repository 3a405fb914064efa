/// What makes a compressed body unusable. Each case names the rule that was broken.
package enum CompressionError: Error, Equatable, Sendable {
    /// The body does not begin as its format demands (RFC 1952 §2.3.1, RFC 1950 §2.2).
    case headerMustBeValid
    /// The deflate data is not what a compressor writes (RFC 1951 §3.2).
    case dataMustBeWellFormed
    /// The check sum behind the data is that of other data (RFC 1952 §2.3.1 CRC32, RFC 1950 §2.2 ADLER32).
    case checksumMustMatch
    /// The length behind the data is that of other data (RFC 1952 §2.3.1 ISIZE).
    case lengthMustMatch
    /// The input ended inside a member, or before the first.
    case bodyMustBeComplete
    /// Bytes follow the last member that begin no other (RFC 1952 §2.2).
    case nothingMayFollow
    /// More was inflated than ``InflateLimits/outputBytes``.
    case outputMustStayWithinLimit
    /// More was inflated than ``InflateLimits/ratio`` allows for what came in.
    case ratioMustStayWithinLimit
    /// zlib could not have its memory.
    case memoryMustSuffice
}
