/// Walks the members of a comma-separated list (RFC 9110 §5.6.1) without copying them.
///
/// Commas inside quoted strings do not separate. The bytes are handed in with every step, because a
/// value that holds a span cannot be stored.
package struct ListMembers: Sendable {
    private var position: Int
    private let end: Int
    /// Whether a comma was the last thing read, so that one more member is due.
    private var isMemberDue: Bool

    /// The list in that range of the bytes.
    package init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
        isMemberDue = !range.isEmpty
    }

    /// The next member that is not empty, as RFC 9110 §5.6.1.2 wants lists to be read.
    package mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
        while let member = nextStrict(in: bytes) {
            if !member.isEmpty { return member }
        }
        return nil
    }

    /// The next member, empty ones included.
    package mutating func nextStrict(in bytes: Span<UInt8>) -> Range<Int>? {
        guard isMemberDue else { return nil }
        var start = position
        var isQuoted = false
        isMemberDue = false
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                position &+= 1
            } else if !isQuoted, byte == UInt8(ascii: ",") {
                isMemberDue = true
                break
            }
            position &+= 1
        }
        var stop = min(position, end)
        position = stop &+ 1
        while start < stop, bytes[start] == 0x20 || bytes[start] == 0x09 { start &+= 1 }
        while start < stop, bytes[stop &- 1] == 0x20 || bytes[stop &- 1] == 0x09 { stop &-= 1 }
        return start..<stop
    }
}
