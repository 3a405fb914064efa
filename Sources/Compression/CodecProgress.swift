/// How far one step of a codec came.
package struct CodecProgress: Equatable, Sendable {
    /// Why the step ended.
    package enum Stop: Equatable, Sendable {
        /// All input was taken and nothing is left inside the codec that it could write now.
        case inputConsumed
        /// The step's output limit was reached; call again, with the rest of the input or with none.
        case outputFull
    }

    /// No step writes more, whatever its limit allows: room for it is reserved before. In bytes.
    package static let largestStep = 1 << 20

    /// Bytes taken from the input by this step.
    package var consumed: Int
    package var stop: Stop

    package init(consumed: Int, stop: Stop) {
        self.consumed = consumed
        self.stop = stop
    }
}
