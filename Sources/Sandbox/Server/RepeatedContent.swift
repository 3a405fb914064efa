import Wire

/// Writes what a ``RepeatedBlock`` stands for, piece by piece, never holding it all.
package struct RepeatedContent {
    private enum Piece {
        case prefix
        case block(left: Int)
        case suffix
        case end
    }

    private let content: RepeatedBlock
    private var piece = Piece.prefix
    /// How much of the piece has been written.
    private var offset = 0

    package init(_ content: RepeatedBlock) { self.content = content }

    /// Appends up to `limit` bytes.
    /// - Returns: whether there is more.
    package mutating func write(_ limit: Int, to output: inout [UInt8]) -> Bool {
        var room = limit
        while room > 0 {
            switch piece {
            case .prefix:
                if write(content.prefix, &room, to: &output) {
                    // Blocks of nothing, however many, are nothing.
                    piece = .block(left: content.block.isEmpty ? 0 : content.count)
                }
            case .block(left: 0): piece = .suffix
            case .block(let left):
                if write(content.block, &room, to: &output) { piece = .block(left: left - 1) }
            case .suffix:
                if write(content.suffix, &room, to: &output) { piece = .end }
            case .end: return false
            }
        }
        return true
    }

    /// - Returns: whether the piece has been written to its end.
    private mutating func write(_ bytes: [UInt8], _ room: inout Int, to output: inout [UInt8]) -> Bool {
        let count = min(room, bytes.count - offset)
        output.append(copying: bytes.span.extracting(offset..<offset + count))
        room -= count
        offset += count
        guard offset == bytes.count else { return false }
        offset = 0
        return true
    }
}
