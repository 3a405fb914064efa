/// Where a rule was written.
package struct RuleOrigin: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    /// Counted from 1; 0 where a source has no lines.
    package let line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { line > 0 ? "\(file):\(line)" : file }
}
