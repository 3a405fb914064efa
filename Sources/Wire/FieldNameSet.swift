/// A set of ``FieldName``s as bits: membership is one load, union one operation.
package struct FieldNameSet: Equatable, Sendable, ExpressibleByArrayLiteral {
    @usableFromInline var words: SIMD4<UInt64> = .zero

    @inlinable
    package init() {}

    package init(arrayLiteral elements: FieldName...) {
        for element in elements { insert(element) }
    }

    @inlinable
    package mutating func insert(_ name: FieldName) {
        words[Int(name.rawValue >> 6)] |= 1 &<< UInt64(name.rawValue & 63)
    }

    @inlinable
    package func contains(_ name: FieldName) -> Bool {
        words[Int(name.rawValue >> 6)] & (1 &<< UInt64(name.rawValue & 63)) != 0
    }

    @inlinable
    package func isDisjoint(with other: FieldNameSet) -> Bool {
        (words & other.words) == .zero
    }

    @inlinable
    package func union(_ other: FieldNameSet) -> FieldNameSet {
        var result = self
        result.words |= other.words
        return result
    }

    @inlinable
    package var isEmpty: Bool { words == .zero }

    @inlinable
    package mutating func removeAll() { words = .zero }
}
