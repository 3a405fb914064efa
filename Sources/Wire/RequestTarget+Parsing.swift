extension RequestTarget {
    /// Splits the target in `range`, all of whose bytes are visible ASCII other than `#`.
    /// `question` is where its first `?` is.
    @inline(__always)
    static func parse(
        _ bytes: Span<UInt8>, in range: Range<Int>, question: Int?, for method: Method
    ) throws(WireError) -> RequestTarget {
        guard bytes[range.lowerBound] == UInt8(ascii: "/"), method != .connect else {
            return try parseOtherForm(bytes, in: range, question: question, for: method)
        }
        return RequestTarget(
            form: .origin, whole: ByteSlice(range), path: ByteSlice(range.lowerBound..<(question ?? range.upperBound)),
            query: question.map { ByteSlice(($0 &+ 1)..<range.upperBound) })
    }

    private static func parseOtherForm(
        _ bytes: Span<UInt8>, in range: Range<Int>, question: Int?, for method: Method
    ) throws(WireError) -> RequestTarget {
        // RFC 9112 §3.2.3: CONNECT has the authority form, and nothing else has.
        if method == .connect {
            guard let authority = Authority(bytes, in: range), authority.port != nil else {
                throw .targetFormNotForMethod
            }
            return RequestTarget(
                form: .authority, whole: ByteSlice(range), authority: ByteSlice(range), path: .empty)
        }
        if range.count == 1, bytes[range.lowerBound] == UInt8(ascii: "*") {
            // RFC 9112 §3.2.4.
            guard method == .options else { throw .targetFormNotForMethod }
            return RequestTarget(form: .asterisk, whole: ByteSlice(range), path: .empty)
        }
        return try parseAbsolute(bytes, in: range, question: question)
    }

    /// RFC 9112 §3.2.2 with the schemes a proxy of HTTP can serve.
    private static func parseAbsolute(
        _ bytes: Span<UInt8>, in range: Range<Int>, question: Int?
    ) throws(WireError) -> RequestTarget {
        let target = bytes.extracting(range)
        let scheme: Int
        if ByteComparison.hasPrefixIgnoringCase(target, "http://") {
            scheme = 4
        } else if ByteComparison.hasPrefixIgnoringCase(target, "https://") {
            scheme = 5
        } else {
            throw hasScheme(target) ? .unsupportedScheme : .invalidTarget
        }
        let schemeEnd = range.lowerBound &+ scheme
        let authorityStart = schemeEnd &+ 3
        let end = question ?? range.upperBound
        guard authorityStart <= end else { throw .invalidTarget }
        var authorityEnd = authorityStart
        while authorityEnd < end, bytes[authorityEnd] != UInt8(ascii: "/") {
            // RFC 9110 §4.2.4: user information is deprecated, and misleads people about the host.
            if bytes[authorityEnd] == UInt8(ascii: "@") { throw .userinfoInTarget }
            authorityEnd &+= 1
        }
        guard Authority(bytes, in: authorityStart..<authorityEnd) != nil else { throw .invalidTarget }
        return RequestTarget(
            form: .absolute, whole: ByteSlice(range), scheme: ByteSlice(range.lowerBound..<schemeEnd),
            authority: ByteSlice(authorityStart..<authorityEnd), path: ByteSlice(authorityEnd..<end),
            query: question.map { ByteSlice(($0 &+ 1)..<range.upperBound) })
    }

    /// RFC 3986 §3.1, followed by `://`.
    private static func hasScheme(_ target: Span<UInt8>) -> Bool {
        var index = 0
        while index < target.count, ByteClass.of(target[index]) & ByteClass.registeredName != 0 { index &+= 1 }
        return index > 0 && ByteComparison.hasPrefix(target.extracting(index..<target.count), "://")
    }
}
