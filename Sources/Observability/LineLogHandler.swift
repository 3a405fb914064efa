import JSON
import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// swift-log's records as lines of text or JSON.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let format: LogFormat
    private let sink: LogSink

    package init(format: LogFormat, level: Logger.Level, sink: LogSink) {
        self.format = format
        logLevel = level
        self.sink = sink
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        var line: [UInt8] = []
        var stamp = Timestamp()
        switch format {
        case .text:
            stamp.append(wallNanoseconds: Self.now, to: &line)
            line.append(contentsOf: " \(event.level) ".utf8)
            line.append(contentsOf: event.message.description.utf8.map { $0 < 0x20 ? 0x20 : $0 })
            for (key, value) in values {
                line.append(contentsOf: " \(key)=".utf8)
                line.append(contentsOf: value.description.utf8.map { $0 < 0x20 ? 0x20 : $0 })
            }
        case .json:
            line.append(contentsOf: #"{"time":""#.utf8)
            stamp.append(wallNanoseconds: Self.now, to: &line)
            line.append(contentsOf: #"","level":"\#(event.level)","msg":"#.utf8)
            JSONText.append(event.message.description, to: &line)
            for (key, value) in values {
                line.append(UInt8(ascii: ","))
                JSONText.append(key, to: &line)
                line.append(UInt8(ascii: ":"))
                JSONText.append(value.description, to: &line)
            }
            line.append(UInt8(ascii: "}"))
        }
        line.append(0x0A)
        sink.write(line.span)
    }

    private static var now: Int64 {
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}
