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
        let reason = ReasonPhrase.standard(for: status)
        // A literal's bytes live as long as the program.
        appendStatusLine(
            status, reason: unsafe Span(_unsafeStart: reason.utf8Start, count: reason.utf8CodeUnitCount), to: &output)
    }

    package static func appendStatusLine(_ status: Int, reason: Span<UInt8>, to output: inout [UInt8]) {
        let count = reason.count &+ OutputSpan<UInt8>.decimalDigits &+ 12
        output.append(addingCapacity: count) { (out: inout OutputSpan<UInt8>) in
            out.append("HTTP/1.1 ")
            out.append(decimal: UInt64(clamping: status))
            // RFC 9112 §4: the space stays when the reason phrase is empty.
            out.append(0x20)
            out.append(copying: reason)
            out.appendLineEnd()
        }
    }

    package static func appendField(_ name: FieldName, _ value: Span<UInt8>, to output: inout [UInt8]) {
        appendField(name.canonical, value, to: &output)
    }

    package static func appendField(_ name: FieldName, _ value: StaticString, to output: inout [UInt8]) {
        let name = name.canonical
        let count = name.utf8CodeUnitCount &+ value.utf8CodeUnitCount &+ 4
        output.append(addingCapacity: count) { (out: inout OutputSpan<UInt8>) in
            out.append(name)
            out.appendColon()
            out.append(value)
            out.appendLineEnd()
        }
    }

    package static func appendField(_ name: FieldName, decimal value: UInt64, to output: inout [UInt8]) {
        let name = name.canonical
        let count = name.utf8CodeUnitCount &+ OutputSpan<UInt8>.decimalDigits &+ 4
        output.append(addingCapacity: count) { (out: inout OutputSpan<UInt8>) in
            out.append(name)
            out.appendColon()
            out.append(decimal: value)
            out.appendLineEnd()
        }
    }

    package static func appendField(
        _ name: StaticString, _ value: Span<UInt8>, to output: inout [UInt8]
    ) {
        let count = name.utf8CodeUnitCount &+ value.count &+ 4
        output.append(addingCapacity: count) { (out: inout OutputSpan<UInt8>) in
            out.append(name)
            out.appendColon()
            out.append(copying: value)
            out.appendLineEnd()
        }
    }

    /// Writes a parsed field line anew: its name, `: `, its value.
    @inlinable
    package static func appendField(
        _ line: FieldLine, of storage: Span<UInt8>, to output: inout [UInt8]
    ) {
        if let written = asWritten(line, of: storage) { return output.append(copying: storage.extracting(written)) }
        let name = line.name.range
        let value = line.value.range
        output.append(addingCapacity: name.count &+ value.count &+ 4) { (out: inout OutputSpan<UInt8>) in
            out.append(copying: storage.extracting(name))
            out.appendColon()
            out.append(copying: storage.extracting(value))
            out.appendLineEnd()
        }
    }

    /// Writes those of a head's field lines that `isWanted`, each as ``appendField(_:of:to:)`` does; in one piece where
    /// several stand side by side as we would write them.
    @inlinable @inline(__always)
    package static func appendFields(
        _ lines: [FieldLine], of storage: Span<UInt8>, to output: inout [UInt8], where isWanted: (FieldLine) -> Bool
    ) {
        // What is still to be written.
        var waiting = 0..<0
        for line in lines where isWanted(line) {
            let written = asWritten(line, of: storage)
            if let written, written.lowerBound == waiting.upperBound {
                waiting = waiting.lowerBound..<written.upperBound
                continue
            }
            if !waiting.isEmpty { output.append(copying: storage.extracting(waiting)) }
            waiting = written ?? 0..<0
            if written == nil { appendField(line, of: storage, to: &output) }
        }
        if !waiting.isEmpty { output.append(copying: storage.extracting(waiting)) }
    }

    /// Where the line stands as we would write it, as nearly every sender does: its range with the CRLF.
    @inlinable
    static func asWritten(_ line: FieldLine, of storage: Span<UInt8>) -> Range<Int>? {
        let nameEnd = line.name.range.upperBound
        let end = line.value.range.upperBound
        guard Int(line.value.offset) == nameEnd &+ 2, end &+ 2 <= storage.count,
            storage[nameEnd] == UInt8(ascii: ":"), storage[nameEnd &+ 1] == 0x20,
            storage[end] == 0x0D, storage[end &+ 1] == 0x0A
        else { return nil }
        return Int(line.name.offset)..<end &+ 2
    }

    /// RFC 9110 §7.6.3: `Via`, where nobody is named who passed the message on before.
    package static func appendVia(minorVersion: UInt8, _ pseudonym: [UInt8], to output: inout [UInt8]) {
        let pseudonym = pseudonym.span
        output.append(addingCapacity: pseudonym.count &+ 11) { (out: inout OutputSpan<UInt8>) in
            out.append(minorVersion == 0 ? "Via: 1.0 " : "Via: 1.1 ")
            out.append(copying: pseudonym)
            out.appendLineEnd()
        }
    }

    package static func appendEnd(to output: inout [UInt8]) {
        output.append("\r\n")
    }
}
