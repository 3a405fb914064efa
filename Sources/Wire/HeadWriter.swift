/// Writes heads, always as HTTP/1.1, from parts that were parsed or are literals.
///
/// Spans handed in must be parts of a parsed head or have been checked with ``Token``; they are
/// written as they are.
package enum HeadWriter {
    package static func appendRequestLine(
        method: Span<UInt8>, target: Span<UInt8>, to output: inout [UInt8]
    ) {
        output.append(copying: method)
        output.append(0x20)
        output.append(copying: target)
        output.append(" HTTP/1.1\r\n")
    }

    package static func appendRequestLine(
        method: StaticString, target: Span<UInt8>, to output: inout [UInt8]
    ) {
        output.append(method)
        output.append(0x20)
        output.append(copying: target)
        output.append(" HTTP/1.1\r\n")
    }

    /// With the registered reason phrase, if there is one.
    package static func appendStatusLine(_ status: Int, to output: inout [UInt8]) {
        appendStatus(status, to: &output)
        output.append(ReasonPhrase.standard(for: status))
        output.append("\r\n")
    }

    package static func appendStatusLine(_ status: Int, reason: Span<UInt8>, to output: inout [UInt8]) {
        appendStatus(status, to: &output)
        output.append(copying: reason)
        output.append("\r\n")
    }

    private static func appendStatus(_ status: Int, to output: inout [UInt8]) {
        output.append("HTTP/1.1 ")
        output.append(decimal: UInt64(clamping: status))
        // RFC 9112 §4: the space stays when the reason phrase is empty.
        output.append(0x20)
    }

    package static func appendField(_ name: FieldName, _ value: Span<UInt8>, to output: inout [UInt8]) {
        output.append(name.canonical)
        output.append(": ")
        output.append(copying: value)
        output.append("\r\n")
    }

    package static func appendField(_ name: FieldName, _ value: StaticString, to output: inout [UInt8]) {
        output.append(name.canonical)
        output.append(": ")
        output.append(value)
        output.append("\r\n")
    }

    package static func appendField(_ name: FieldName, decimal value: UInt64, to output: inout [UInt8]) {
        output.append(name.canonical)
        output.append(": ")
        output.append(decimal: value)
        output.append("\r\n")
    }

    package static func appendField(
        _ name: StaticString, _ value: Span<UInt8>, to output: inout [UInt8]
    ) {
        output.append(name)
        output.append(": ")
        output.append(copying: value)
        output.append("\r\n")
    }

    /// Writes a parsed field line anew: its name, `: `, its value.
    @inlinable
    package static func appendField(
        _ line: FieldLine, of storage: Span<UInt8>, to output: inout [UInt8]
    ) {
        let name = storage.extracting(line.name.range)
        let value = storage.extracting(line.value.range)
        output.append(addingCapacity: name.count &+ value.count &+ 4) { (out: inout OutputSpan<UInt8>) in
            for index in name.indices { out.append(name[index]) }
            out.append(UInt8(ascii: ":"))
            out.append(0x20)
            for index in value.indices { out.append(value[index]) }
            out.append(0x0D)
            out.append(0x0A)
        }
    }

    package static func appendEnd(to output: inout [UInt8]) {
        output.append("\r\n")
    }
}
