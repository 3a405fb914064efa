/// The first line of a response (RFC 9112 §4).
struct StatusLine {
    var minorVersion: UInt8
    var status: Int
    var reason: ByteSlice

    /// Parses the line that begins at `start` and moves `start` past its CRLF.
    static func parse(_ bytes: Span<UInt8>, from start: inout Int) throws(WireError) -> StatusLine {
        let end = bytes.count
        let minorVersion = try Version.parse(bytes, at: start, orElse: .malformedStatusLine)
        var index = start &+ Version.length
        guard index < end, bytes[index] == 0x20 else { throw .malformedStatusLine }
        // What ends before is no code, however much of the head is there behind it.
        let code = bytes.extracting((index &+ 1)..<min(index &+ 4, end))
        guard code.count == 3, let status = Decimal.parse(code), status >= 100, status <= 599 else {
            throw .invalidStatusCode
        }
        index &+= 4
        guard index < end else { throw .truncatedHead }
        // The space before an empty reason is required by the grammar and left out by many servers;
        // RFC 9112 §4 lets a client be lenient about the reason, which carries nothing.
        if bytes[index] == 0x20 {
            index &+= 1
        } else if bytes[index] != 0x0D {
            throw ByteClass.of(bytes[index]) & ByteClass.digit != 0 ? .invalidStatusCode : .malformedStatusLine
        }
        let reasonStart = index
        while index < end, ByteClass.of(bytes[index]) & ByteClass.fieldContent != 0 { index &+= 1 }
        guard index &+ 1 < end else { throw .truncatedHead }
        guard bytes[index] == 0x0D else { throw bytes[index] == 0x0A ? .bareLineFeed : .controlByte }
        guard bytes[index &+ 1] == 0x0A else { throw .bareCarriageReturn }
        start = index &+ 2
        return StatusLine(
            minorVersion: minorVersion, status: Int(status), reason: ByteSlice(reasonStart..<index))
    }
}
