import Secrets

/// An authentication code, as it stands in a line: 32 hexadecimal digits.
package struct AuditCode: Sendable {
    private let bytes: [UInt8]

    static let digits = 32

    /// What the first line of all names as the line before it.
    package static let none = AuditCode(bytes: Array(repeating: 0, count: AuditKey.codeBytes))

    private init(bytes: [UInt8]) { self.bytes = bytes }

    init?(_ bytes: Span<UInt8>) {
        guard bytes.count == AuditKey.codeBytes else { return nil }
        self.bytes = bytes.indices.map { bytes[$0] }
    }

    init?(hexadecimal text: Span<UInt8>) {
        guard text.count == Self.digits else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: 2) {
            guard let high = Self.value(text[start]), let low = Self.value(text[start + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    func append(to output: inout [UInt8]) {
        for byte in bytes {
            output.append(Self.digit(byte >> 4))
            output.append(Self.digit(byte & 15))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension AuditCode: Equatable {
    package static func == (one: AuditCode, other: AuditCode) -> Bool {
        constantTimeEqual(one.bytes.span, other.bytes.span)
    }
}
