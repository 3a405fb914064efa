/// What stands in a log behind the place its head record names.
package enum AuditTail {
    /// Follows the chain through lines that belong to it.
    ///
    /// - Returns: where the chain then is, and how many bytes those lines are.
    package static func follow(
        _ bytes: Span<UInt8>, from start: AuditPosition, under key: AuditKey
    ) -> (position: AuditPosition, length: Int) {
        var position = start
        var length = 0
        var lineStart = 0
        for index in bytes.indices where bytes[index] == 0x0A {
            let text = bytes.extracting(lineStart..<index)
            guard let line = AuditLine(text), line.number == position.number &+ 1, line.previous == position.code,
                line.isAuthentic(text, under: key)
            else { break }
            position = AuditPosition(number: line.number, code: line.code)
            lineStart = index + 1
            length = lineStart
        }
        return (position, length)
    }

    /// Where a last line begins that does not end; nil where there is none.
    package static func tornEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        guard bytes.count > start, bytes[bytes.count - 1] != 0x0A else { return nil }
        var end = bytes.count
        while end > start, bytes[end - 1] != 0x0A { end -= 1 }
        return end
    }
}
