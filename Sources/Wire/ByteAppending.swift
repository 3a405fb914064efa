extension OutputSpan<UInt8> {
    /// Appends all of `bytes`, which must fit.
    @inlinable
    package mutating func append(copying bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(copying: $0) }
    }

    @inlinable
    package mutating func append(_ text: StaticString) {
        // A literal's bytes live as long as the program.
        unsafe append(copying: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Of two bytes a call of `memcpy` would be the most part.
    @inlinable @inline(__always)
    mutating func appendLineEnd() {
        append(0x0D)
        append(0x0A)
    }

    /// What stands between a field's name and its value.
    @inlinable @inline(__always)
    mutating func appendColon() {
        append(UInt8(ascii: ":"))
        append(0x20)
    }

    /// At most ``decimalDigits`` of them.
    @inlinable
    mutating func append(decimal number: UInt64) {
        // From behind, so that every division is by ten, which is a multiplication.
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var start = digits.count
        var rest = number
        repeat {
            start &-= 1
            let tenths = rest / 10
            digits[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest &- tenths &* 10)
            rest = tenths
        } while rest > 0
        append(copying: digits.span.extracting(start...))
    }

    /// How many digits the largest number has.
    @inlinable
    static var decimalDigits: Int { 20 }

    /// In one move: byte by byte, the heads of one exchange took 1,600 instructions more.
    @inlinable
    mutating func append(copying bytes: UnsafeBufferPointer<UInt8>) {
        precondition(bytes.count <= freeCapacity, "more than room was made for")
        unsafe withUnsafeMutableBufferPointer { room, count in
            let free = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[count...])
            unsafe free.copyMemory(from: UnsafeRawBufferPointer(bytes))
            count += bytes.count
        }
    }
}

extension [UInt8] {
    @inlinable
    package mutating func append(copying bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    @inlinable
    package mutating func append(_ text: StaticString) {
        // A literal's bytes live as long as the program.
        unsafe append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func append(decimal number: UInt64) {
        append(addingCapacity: OutputSpan<UInt8>.decimalDigits) { (out: inout OutputSpan<UInt8>) in
            out.append(decimal: number)
        }
    }

    package mutating func append(hexadecimal number: UInt64) {
        var shift = number == 0 ? 0 : (63 &- number.leadingZeroBitCount) & ~3
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift)) & 0xF
            append(digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10)
            shift &-= 4
        }
    }
}
