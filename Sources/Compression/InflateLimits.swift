/// How much a body may inflate to. Both limits hold for the whole body, over all its members.
///
/// Deflate cannot expand by more than 1,032 times, so a limit on the ratio alone would let a large
/// bomb through, and a limit on the size alone would let many small ones cost a lot.
package struct InflateLimits: Equatable, Sendable {
    /// The most bytes a body may inflate to.
    package var outputBytes: Int
    /// The most bytes out for each byte in, past ``ratioFreeBytes``.
    package var ratio: Int
    /// Bytes of output for which the ratio is not looked at: small bodies may repeat themselves.
    package var ratioFreeBytes: Int

    package init(outputBytes: Int = 1 << 30, ratio: Int = 256, ratioFreeBytes: Int = 8 << 20) {
        self.outputBytes = outputBytes
        self.ratio = ratio
        self.ratioFreeBytes = ratioFreeBytes
    }

    /// Nothing inflates beyond `Int.max` bytes, nor deflate by more than 1,032 times.
    package static let none = InflateLimits(outputBytes: .max, ratio: .max, ratioFreeBytes: .max)

    func check(input: Int, output: Int) throws(CompressionError) {
        if output > outputBytes { throw .outputMustStayWithinLimit }
        guard output > ratioFreeBytes else { return }
        let (allowed, overflowed) = input.multipliedReportingOverflow(by: ratio)
        if !overflowed, output &- ratioFreeBytes > allowed { throw .ratioMustStayWithinLimit }
    }
}
