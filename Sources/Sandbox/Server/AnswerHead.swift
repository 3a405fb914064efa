import Wire

/// Writes the heads of answers.
enum AnswerHead {
    static func append(
        _ answer: SandboxAnswer, framing: BodyFraming, isHTTP10: Bool, staysOpen: Bool, now: Int64,
        to output: inout [UInt8]
    ) {
        HeadWriter.appendStatusLine(min(max(answer.status, 200), 599), to: &output)
        var date: [UInt8] = []
        HTTPDate.append(now, to: &date)
        HeadWriter.appendField(.date, date.span, to: &output)
        HeadWriter.appendField(.server, "Cartouche-Sandbox", to: &output)
        for field in answer.fields { append(field.0, field.1, to: &output) }
        switch framing {
        // RFC 9110 §8.6: no Content-Length in a 204, nor one in a 304 that would be wrong.
        case .none, .untilClose: break
        case .length(let length): HeadWriter.appendField(.contentLength, decimal: UInt64(clamping: length), to: &output)
        case .chunked: HeadWriter.appendField(.transferEncoding, "chunked", to: &output)
        }
        if !staysOpen {
            HeadWriter.appendField(.connection, "close", to: &output)
        } else if isHTTP10 {
            HeadWriter.appendField(.connection, "keep-alive", to: &output)
        }
        HeadWriter.appendEnd(to: &output)
    }

    /// Services put what they were sent into their fields: a byte that would end the line becomes a space.
    private static func append(_ name: String, _ value: String, to output: inout [UInt8]) {
        let name = Array(name.utf8)
        guard Token.isValid(name.span) else { return }
        output.append(copying: name.span)
        output.append(": ")
        for byte in value.utf8 { output.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
        output.append("\r\n")
    }
}
