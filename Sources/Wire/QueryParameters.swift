/// Walks the `name=value` pairs of a query or of a form body, split on `&`, without decoding them.
package struct QueryParameters: Sendable {
    package struct Parameter: Equatable, Sendable {
        /// Still percent-encoded.
        package var name: Range<Int>
        /// Still percent-encoded; `nil` without a `=`.
        package var value: Range<Int>?
        /// The whole pair.
        package var whole: Range<Int>
    }

    private var position: Int
    private let end: Int

    package init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next pair that is not empty.
    package mutating func next(in bytes: Span<UInt8>) -> Parameter? {
        while position < end {
            let start = position
            var equals: Int?
            while position < end, bytes[position] != UInt8(ascii: "&") {
                if bytes[position] == UInt8(ascii: "="), equals == nil { equals = position }
                position &+= 1
            }
            let stop = position
            position &+= 1
            guard start < stop else { continue }
            return Parameter(
                name: start..<(equals ?? stop), value: equals.map { ($0 &+ 1)..<stop }, whole: start..<stop)
        }
        return nil
    }
}
