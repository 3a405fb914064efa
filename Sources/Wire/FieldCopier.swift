/// Writes field lines of a parsed head into another, those in one piece that stand side by side as we would write them.
package struct FieldCopier {
    /// What is still to be written, of the head's storage.
    private var waiting = 0..<0

    package init() {}

    package mutating func append(_ line: FieldLine, of storage: Span<UInt8>, to output: inout [UInt8]) {
        guard let written = HeadWriter.asWritten(line, of: storage) else {
            finish(storage, to: &output)
            return HeadWriter.appendField(line, of: storage, to: &output)
        }
        if waiting.upperBound != written.lowerBound {
            finish(storage, to: &output)
            waiting = written
        } else {
            waiting = waiting.lowerBound..<written.upperBound
        }
    }

    /// Writes what is still to be written.
    package mutating func finish(_ storage: Span<UInt8>, to output: inout [UInt8]) {
        guard !waiting.isEmpty else { return }
        output.append(copying: storage.extracting(waiting))
        waiting = 0..<0
    }
}
