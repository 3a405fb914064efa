import JSON

/// Writes one line per request. Each event loop has its own; the sink is shared.
package struct AccessLog {
    private let format: LogFormat
    private let sink: LogSink
    private var timestamp = Timestamp()
    private var line: [UInt8] = []

    package init(format: LogFormat, sink: LogSink) {
        self.format = format
        self.sink = sink
    }

    package mutating func write(_ record: borrowing AccessRecord) {
        line.removeAll(keepingCapacity: true)
        switch format {
        case .text: appendText(record)
        case .json: appendJSON(record)
        }
        line.append(0x0A)
        sink.write(line.span)
    }

    private mutating func appendText(_ record: borrowing AccessRecord) {
        timestamp.append(wallNanoseconds: record.wallNanoseconds, to: &line)
        append(" ")
        line.append(contentsOf: record.requestID)
        append(" ")
        append(record.method)
        append(" ")
        line.append(contentsOf: record.route.utf8)
        append(" ")
        append(Int64(record.status))
        append(" token=")
        append(record.token)
        append(" upstream=")
        append(record.upstream)
        append(" in=")
        append(record.bytesIn)
        append(" out=")
        append(record.bytesOut)
        append(" head_ms=")
        appendMilliseconds(record.untilHead)
        append(" total_ms=")
        appendMilliseconds(record.total)
        if !record.key.isEmpty {
            append(" key=")
            line.append(contentsOf: record.key.utf8)
        }
        if !record.code.isEmpty {
            append(" error=")
            line.append(contentsOf: record.code.utf8)
        }
    }

    private mutating func appendJSON(_ record: borrowing AccessRecord) {
        append(#"{"time":""#)
        timestamp.append(wallNanoseconds: record.wallNanoseconds, to: &line)
        append(#"","level":"info","msg":"request","request_id":""#)
        line.append(contentsOf: record.requestID)
        append(#"","method":""#)
        append(record.method)
        append(#"","route":"#)
        JSONText.append(record.route, to: &line)
        append(#","status":"#)
        append(Int64(record.status))
        append(#","token":""#)
        append(record.token)
        append(#"","upstream":""#)
        append(record.upstream)
        append(#"","bytes_in":"#)
        append(record.bytesIn)
        append(#","bytes_out":"#)
        append(record.bytesOut)
        append(#","head_ms":"#)
        appendMilliseconds(record.untilHead)
        append(#","total_ms":"#)
        appendMilliseconds(record.total)
        if !record.key.isEmpty {
            append(#","key":"#)
            JSONText.append(record.key, to: &line)
        }
        if !record.code.isEmpty {
            append(#","error":"#)
            JSONText.append(record.code, to: &line)
        }
        append("}")
    }

    private mutating func append(_ text: StaticString) {
        unsafe line.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func append(_ number: Int64) { line.append(contentsOf: String(number).utf8) }

    /// With three digits after the point; -1 for what did not happen.
    private mutating func appendMilliseconds(_ nanoseconds: Int64) {
        guard nanoseconds >= 0 else { return append("-1") }
        append(nanoseconds / 1_000_000)
        append(".")
        let rest = nanoseconds / 1000 % 1000
        if rest < 100 { append("0") }
        if rest < 10 { append("0") }
        append(rest)
    }
}
