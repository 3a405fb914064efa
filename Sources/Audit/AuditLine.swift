/// A line as it is found in a log: what its ends say, and what of it is authenticated.
struct AuditLine {
    let number: UInt64
    let previous: AuditCode
    let code: AuditCode
    /// How many of its bytes `code` is about.
    let authenticated: Int

    private static let start = Array(#"{"n":"#.utf8)
    private static let previousStart = Array(#","prev":""#.utf8)
    private static let codeStart = Array(#"","mac":""#.utf8)
    private static let end = Array(#""}"#.utf8)

    /// Nil for what is no line of an audit log. Without its line feed.
    init?(_ bytes: Span<UInt8>) {
        let tail = Self.previousStart.count + 2 * AuditCode.digits + Self.codeStart.count + Self.end.count
        guard bytes.count > Self.start.count + tail, Self.matches(bytes, 0, Self.start) else { return nil }
        var place = bytes.count - tail
        guard Self.matches(bytes, place, Self.previousStart) else { return nil }
        place += Self.previousStart.count
        guard let previous = AuditCode(hexadecimal: bytes.extracting(place..<(place + AuditCode.digits))) else {
            return nil
        }
        place += AuditCode.digits
        guard Self.matches(bytes, place, Self.codeStart) else { return nil }
        // The quote that ends `prev` is authenticated too.
        authenticated = place + 1
        place += Self.codeStart.count
        guard let code = AuditCode(hexadecimal: bytes.extracting(place..<(place + AuditCode.digits))),
            Self.matches(bytes, place + AuditCode.digits, Self.end),
            let number = Self.number(bytes, from: Self.start.count)
        else { return nil }
        self.number = number
        self.previous = previous
        self.code = code
    }

    /// Whether nothing in it was changed.
    func isAuthentic(_ bytes: Span<UInt8>, under key: AuditKey) -> Bool {
        key.code(of: bytes.extracting(0..<authenticated)) == code
    }

    private static func matches(_ bytes: Span<UInt8>, _ place: Int, _ text: [UInt8]) -> Bool {
        place + text.count <= bytes.count && text.indices.allSatisfy { bytes[place + $0] == text[$0] }
    }

    private static func number(_ bytes: Span<UInt8>, from start: Int) -> UInt64? {
        var number: UInt64 = 0
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: ",") {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(bytes[index] - UInt8(ascii: "0")))
            guard !overflow, !carried else { return nil }
            number = sum
            index += 1
        }
        return index == start ? nil : number
    }
}
