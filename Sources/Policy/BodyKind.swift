import Wire

/// How a request's body is written, as far as a statement can be found in it.
package enum BodyKind: Equatable, Sendable {
    case form
    case json
    /// Any other type, a compressed one, or one that two servers may read differently.
    case unreadable

    package static func of(_ head: borrowing RequestHead) -> BodyKind {
        // Servers disagree about which of two lines counts; a coding hides the text.
        guard head.count(of: .contentType) == 1, !head.present.contains(.contentEncoding),
            let value = head.firstValue(of: .contentType)
        else { return .unreadable }
        let bytes = head.storage.span.extracting(value.range)
        var end = 0
        while end < bytes.count, bytes[end] != UInt8(ascii: ";") { end += 1 }
        guard parametersAreHarmless(bytes.extracting(end..<bytes.count)) else { return .unreadable }
        let type = bytes.extracting(trimmed(bytes, 0..<end))
        if ByteComparison.equalIgnoringCase(type, "application/json") { return .json }
        if ByteComparison.equalIgnoringCase(type, "application/x-www-form-urlencoded") { return .form }
        return .unreadable
    }

    /// At most `charset=utf-8`: in UTF-7 or UTF-16 the same bytes would be another text, and servers obey it.
    private static func parametersAreHarmless(_ parameters: Span<UInt8>) -> Bool {
        guard !parameters.isEmpty else { return true }
        let parameter = parameters.extracting(trimmed(parameters, 1..<parameters.count))
        return parameter.isEmpty || ByteComparison.equalIgnoringCase(parameter, "charset=utf-8")
            || ByteComparison.equalIgnoringCase(parameter, "charset=\"utf-8\"")
    }

    /// Without the spaces and tabs at its ends.
    private static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while start < end, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }
}
