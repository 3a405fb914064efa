/// A run of bytes inside the storage of the head it belongs to.
///
/// Eight bytes instead of a `Range<Int>`'s sixteen: a head has up to a hundred field lines, and each
/// holds two of these.
package struct ByteSlice: Equatable, Sendable {
    /// Bytes before the run.
    package var offset: Int32
    /// Bytes in the run.
    package var count: Int32

    package init(offset: Int32, count: Int32) {
        self.offset = offset
        self.count = count
    }

    /// Heads are limited far below 2 GiB (``HeadLimits``); a bound beyond it is cut, never trapped on.
    @inlinable
    package init(_ range: Range<Int>) {
        offset = Int32(clamping: range.lowerBound)
        count = Int32(clamping: range.upperBound &- range.lowerBound)
    }

    @inlinable
    package var range: Range<Int> {
        let start = Int(offset)
        return start..<(start &+ max(Int(count), 0))
    }

    @inlinable
    package var isEmpty: Bool { count == 0 }

    package static let empty = ByteSlice(offset: 0, count: 0)
}
