/// An IPv4 or IPv6 address, read from exactly one spelling: four decimal numbers without leading zeros, or
/// RFC 4291 §2.2 text without a zone. Octal, hexadecimal and shortened IPv4 spellings are refused.
package enum InternetAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    package static let loopback4 = InternetAddress.v4(0x7F00_0001)
    package static let loopback6 = InternetAddress.v6(high: 0, low: 1)

    /// 127.0.0.0/8 (RFC 1122 §3.2.1.3) and ::1 (RFC 4291 §2.5.3). IPv4-mapped addresses are not: a
    /// listener on one would be an IPv4 listener under another name.
    package var isLoopback: Bool {
        switch self {
        case .v4(let address): address >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }

    package init?(_ text: some Collection<UInt8>) {
        let bytes = Array(text)
        if let address = Self.parseIPv4(bytes[...]) {
            self = .v4(address)
        } else if let groups = Self.parseIPv6(bytes) {
            var high: UInt64 = 0
            var low: UInt64 = 0
            for group in groups[..<4] { high = high << 16 | UInt64(group) }
            for group in groups[4...] { low = low << 16 | UInt64(group) }
            self = .v6(high: high, low: low)
        } else {
            return nil
        }
    }

    private static func parseIPv4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let number = ASCII.decimal(part, limit: 255) else { return nil }
            address = address << 8 | UInt32(number)
        }
        return address
    }

    private static func parseIPv6(_ text: [UInt8]) -> [UInt16]? {
        var before: [UInt16] = []
        var after: [UInt16]?
        var position = 0
        if text.starts(with: [0x3A, 0x3A]) {
            after = []
            position = 2
        }
        while position < text.count {
            let end = text[position...].firstIndex(of: 0x3A) ?? text.count
            let part = text[position..<end]
            var groups: [UInt16] = []
            if part.contains(0x2E) {
                // The last 32 bits may be written as IPv4.
                guard end == text.count, let address = parseIPv4(part) else { return nil }
                groups = [UInt16(truncatingIfNeeded: address >> 16), UInt16(truncatingIfNeeded: address)]
            } else {
                guard let group = hexadecimalGroup(part) else { return nil }
                groups = [group]
            }
            if after == nil { before += groups } else { after? += groups }
            guard end < text.count else { break }
            position = end + 1
            if position < text.count, text[position] == 0x3A {
                guard after == nil else { return nil }
                after = []
                position += 1
            } else if position == text.count {
                return nil
            }
        }
        guard let after else { return before.count == 8 ? before : nil }
        guard before.count + after.count < 8 else { return nil }
        return before + Array(repeating: 0, count: 8 - before.count - after.count) + after
    }

    private static func hexadecimalGroup(_ text: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(text.count) else { return nil }
        var group: UInt16 = 0
        for byte in text {
            guard let value = ASCII.hexadecimalValue(byte) else { return nil }
            group = group << 4 | UInt16(value)
        }
        return group
    }
}

extension InternetAddress: CustomStringConvertible {
    /// The one canonical spelling (RFC 5952 §4), without brackets.
    package var description: String {
        switch self {
        case .v4(let address):
            return [24, 16, 8, 0].map { String(address >> $0 & 0xFF) }.joined(separator: ".")
        case .v6(let high, let low):
            let groups = [high, low].flatMap { half in
                [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
            }
            guard let zeros = Self.longestRunOfZeros(groups) else {
                return groups.map { String($0, radix: 16) }.joined(separator: ":")
            }
            let before = groups[..<zeros.lowerBound].map { String($0, radix: 16) }.joined(separator: ":")
            let after = groups[zeros.upperBound...].map { String($0, radix: 16) }.joined(separator: ":")
            return before + "::" + after
        }
    }

    /// The first longest run of at least two zero groups (RFC 5952 §4.2).
    private static func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int>? {
        var longest: Range<Int>?
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start >= 2, end - start > longest?.count ?? 0 { longest = start..<end }
            start = max(end, start + 1)
        }
        return longest
    }
}
