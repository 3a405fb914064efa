import Wire

/// What a stream of bytes was read as. Data is joined, so that runs over different splits compare.
struct Reading: Equatable {
    enum End: Equatable {
        case refused(WireError)
        /// More bytes are due.
        case inHead, inBody
        /// Nothing is due: between messages.
        case idle
    }

    struct Message: Equatable {
        var startLine: String
        var fields: [String]
        var framing: BodyFraming
        var data: [UInt8]
        var trailers: [String]
        var isComplete: Bool
    }

    var messages: [Message] = []
    var end = End.idle
}

/// Reads requests, or the answers to GET, the way a connection does: bytes are appended to a buffer, the
/// head is scanned for, parsed, framed, and the body taken.
struct MessageReader {
    private enum Phase {
        case head
        case length(Int64)
        case chunked(ChunkedDecoder)
        case untilClose
        case refused(WireError)
    }

    private let kind: HeadScanner.Kind
    private let limits: HeadLimits
    private var scanner: HeadScanner
    private var phase = Phase.head
    private var buffer: [UInt8] = []
    private(set) var reading = Reading()

    init(_ kind: HeadScanner.Kind, limits: HeadLimits = .standard) {
        self.kind = kind
        self.limits = limits
        scanner = HeadScanner(kind)
    }

    /// Reads everything in those pieces.
    static func read(_ pieces: [[UInt8]], as kind: HeadScanner.Kind, limits: HeadLimits = .standard) -> Reading {
        var reader = MessageReader(kind, limits: limits)
        for piece in pieces { reader.receive(piece) }
        return reader.reading
    }

    mutating func receive(_ bytes: [UInt8]) {
        buffer += bytes
        do throws(WireError) {
            while try advance() {}
        } catch {
            phase = .refused(error)
            reading.end = .refused(error)
        }
    }

    /// Whether there may be more to do.
    private mutating func advance() throws(WireError) -> Bool {
        switch phase {
        case .head:
            let received = buffer
            guard let length = try scanner.scan(received.span, limits: limits) else {
                reading.end = scanner.isIdle ? .idle : .inHead
                return false
            }
            try takeHead(Array(buffer[..<length]))
            buffer.removeFirst(length)
            scanner.reset()
        case .length(let remaining):
            let count = min(Int64(buffer.count), remaining)
            append(Array(buffer[..<Int(count)]))
            buffer.removeFirst(Int(count))
            guard count == remaining else {
                phase = .length(remaining - count)
                return false
            }
            endMessage()
        case .chunked(var decoder):
            var offset = 0
            while true {
                let step = try decoder.next(buffer.span, from: offset)
                if case .data(let range) = step {
                    append(Array(buffer[range]))
                    offset = range.upperBound
                    continue
                }
                guard case .end(let end) = step else { break }
                reading.messages[reading.messages.count - 1].trailers = decoder.trailers.spelled
                buffer.removeFirst(end)
                endMessage()
                return true
            }
            buffer = []
            phase = .chunked(decoder)
            return false
        case .untilClose:
            append(buffer)
            buffer = []
            return false
        case .refused: return false
        }
        return true
    }

    private mutating func takeHead(_ bytes: [UInt8]) throws(WireError) {
        let framing: BodyFraming
        let fields: [String]
        let startLine: String
        switch kind {
        case .request:
            var head = RequestHead()
            try head.parse(bytes.span, limits: limits)
            framing = try BodyFraming.ofRequest(head)
            fields = head.spelled
            startLine = text(head.methodSlice, of: head.storage) + " " + text(head.target.whole, of: head.storage)
        case .response:
            var head = ResponseHead()
            try head.parse(bytes.span, limits: limits)
            framing = try BodyFraming.ofResponse(head, to: .get)
            fields = head.spelled
            startLine = "\(head.status) " + text(head.reason, of: head.storage)
        }
        reading.messages.append(
            Reading.Message(
                startLine: startLine, fields: fields, framing: framing, data: [], trailers: [], isComplete: false))
        reading.end = .inBody
        switch framing {
        case .none: endMessage()
        case .length(let length): phase = .length(length)
        case .chunked: phase = .chunked(ChunkedDecoder())
        case .untilClose: phase = .untilClose
        }
    }

    private mutating func append(_ data: [UInt8]) {
        reading.messages[reading.messages.count - 1].data += data
    }

    private mutating func endMessage() {
        reading.messages[reading.messages.count - 1].isComplete = true
        reading.end = .idle
        phase = .head
    }
}
