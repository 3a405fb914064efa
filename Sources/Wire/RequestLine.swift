/// The first line of a request (RFC 9112 §3).
struct RequestLine {
    var method: Method
    var methodSlice: ByteSlice
    var target: RequestTarget
    var minorVersion: UInt8

    /// Parses the line that begins at `start` and moves `start` past its CRLF.
    @inline(__always)
    static func parse(
        _ bytes: Span<UInt8>, from start: inout Int, limits: HeadLimits
    ) throws(WireError) -> RequestLine {
        let end = bytes.count
        let lineStart = start
        var index = start
        while index < end, ByteClass.of(bytes[index]) & ByteClass.token != 0 { index &+= 1 }
        let method = lineStart..<index
        guard index < end else { throw .truncatedHead }
        guard bytes[index] == 0x20, !method.isEmpty else {
            throw controlRefusal(bytes, at: index) ?? .invalidMethod
        }

        index &+= 1
        let targetStart = index
        var question: Int?
        while index < end {
            let byte = bytes[index]
            if ByteClass.of(byte) & ByteClass.target == 0 { break }
            if byte == UInt8(ascii: "?"), question == nil { question = index }
            index &+= 1
        }
        guard index < end else { throw .truncatedHead }
        let target = targetStart..<index
        guard bytes[index] == 0x20 else {
            switch bytes[index] {
            case UInt8(ascii: "#"): throw .fragmentInTarget
            case 0x80...0xFF: throw .invalidTarget
            default: throw controlRefusal(bytes, at: index) ?? .malformedRequestLine
            }
        }
        guard !target.isEmpty else { throw .malformedRequestLine }

        let minorVersion = try Version.parse(bytes, at: index &+ 1, orElse: .malformedRequestLine)
        index &+= 1 &+ Version.length
        guard index &+ 1 < end else { throw .truncatedHead }
        guard bytes[index] == 0x0D, bytes[index &+ 1] == 0x0A else {
            throw controlRefusal(bytes, at: index) ?? .malformedRequestLine
        }
        guard index &- lineStart <= limits.requestLine else { throw .requestLineTooLong }

        let known = Method(bytes.extracting(method))
        let parsed = RequestLine(
            method: known, methodSlice: ByteSlice(method),
            target: try RequestTarget.parse(bytes, in: target, question: question, for: known),
            minorVersion: minorVersion)
        start = index &+ 2
        return parsed
    }

    /// Which rule the byte at `index` broke, if it is one that no line may hold.
    private static func controlRefusal(_ bytes: Span<UInt8>, at index: Int) -> WireError? {
        switch bytes[index] {
        case 0x0A: .bareLineFeed
        case 0x0D:
            index &+ 1 < bytes.count && bytes[index &+ 1] == 0x0A ? nil : .bareCarriageReturn
        // HTAB is text elsewhere; here it is no separator (RFC 9112 §3 wants one SP).
        case 0x00...0x08, 0x0B...0x1F, 0x7F: .controlByte
        default: nil
        }
    }
}
