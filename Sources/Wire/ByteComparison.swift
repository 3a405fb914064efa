/// Comparisons of bytes as HTTP makes them: exact, or with ASCII letters of either case alike. Bytes
/// above 0x7F are only ever equal to themselves.
package enum ByteComparison {
    @inlinable
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    @inlinable
    package static func equal(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for index in one.indices where one[index] != other[index] { return false }
        return true
    }

    @inlinable
    package static func equalIgnoringCase(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for index in one.indices where lowercased(one[index]) != lowercased(other[index]) { return false }
        return true
    }

    @inlinable
    package static func equal(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        for index in bytes.indices where bytes[index] != text.byte(at: index) { return false }
        return true
    }

    @inlinable
    package static func equalIgnoringCase(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        for index in bytes.indices where lowercased(bytes[index]) != lowercased(text.byte(at: index)) {
            return false
        }
        return true
    }

    @inlinable
    package static func hasPrefix(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        bytes.count >= text.utf8CodeUnitCount
            && equal(bytes.extracting(0..<text.utf8CodeUnitCount), text)
    }

    @inlinable
    package static func hasPrefixIgnoringCase(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        bytes.count >= text.utf8CodeUnitCount
            && equalIgnoringCase(bytes.extracting(0..<text.utf8CodeUnitCount), text)
    }
}

extension StaticString {
    /// The byte at `index` of a literal's UTF-8; 0 outside it.
    @inlinable
    package func byte(at index: Int) -> UInt8 {
        guard index >= 0, index < utf8CodeUnitCount else { return 0 }
        // A literal of more than one scalar has a pointer, which lives as long as the program.
        return unsafe utf8Start[index]
    }
}
