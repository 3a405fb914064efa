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
        guard text.count == Self.digits, let bytes = Hexadecimal.bytes(text) else { return nil }
        self.bytes = bytes
    }

    func append(to output: inout [UInt8]) { for byte in bytes { Hexadecimal.append(byte, to: &output) } }
}

extension AuditCode: Equatable {
    package static func == (one: AuditCode, other: AuditCode) -> Bool {
        constantTimeEqual(one.bytes.span, other.bytes.span)
    }
}
