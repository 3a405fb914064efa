import Proxy
import Wire

enum RequestHeadsTarget {
    typealias Transcript = MessageTranscript<WireError>

    private static let small = HeadLimits(requestLine: 64, head: 256, fields: 6)

    static func check(_ input: [UInt8]) throws(Violation) {
        var draw = Draw(input)
        let limits = draw.chance(3) ? small : .standard
        let whole = try read([input], limits, checksHeads: true)
        try require(try read(input.map { [$0] }, limits) == whole, "byte by byte it reads the same")
        try require(try read(draw.pieces(input), limits) == whole, "in any pieces it reads the same")
    }

    /// Reads the pieces as a connection does.
    private static func read(
        _ pieces: [[UInt8]], _ limits: HeadLimits, checksHeads: Bool = false
    ) throws(Violation) -> Transcript {
        var transcript = Transcript()
        var reader = RequestReader()
        var head = RequestHead()
        for piece in pieces {
            var offset = 0
            reading: while true {
                let before = offset
                do throws(WireError) {
                    switch try reader.next(piece.span, from: &offset, head: &head, limits: limits) {
                    case .needsMore: break reading
                    case .head(let framing):
                        let start =
                            Array(head.storage[head.methodSlice.range]) + [0x20]
                            + head.storage[head.target.whole.range] + [0x20, 0x30 + head.minorVersion]
                        transcript.add(.head(start: start, fields: FieldText.all(in: head), framing: framing))
                    case .body(let range): transcript.add(data: piece[range])
                    case .ended: transcript.add(.ended(trailers: reader.trailers.map(FieldText.all) ?? []))
                    }
                } catch {
                    transcript.add(.refused(error))
                    try checkSilence(of: &reader, behind: piece, offset, limits)
                    return transcript
                }
                try require((before...piece.count).contains(offset), "reading goes forward")
                if case .head(_, let fields, let framing) = transcript.entries.last, checksHeads {
                    try check(head, fields, framing)
                }
                if case .head(_, _, .some(.none)) = transcript.entries.last { transcript.add(.ended(trailers: [])) }
                if case .head(_, _, .length(0)) = transcript.entries.last { transcript.add(.ended(trailers: [])) }
                if reader.isEnded { reader.beginNext() }
            }
            try require(offset == piece.count, "who wants more has taken all")
        }
        return transcript
    }

    /// After an error nothing is read, whatever follows.
    private static func checkSilence(
        of reader: inout RequestReader, behind piece: [UInt8], _ offset: Int, _ limits: HeadLimits
    ) throws(Violation) {
        var head = RequestHead()
        for bytes in [Array(piece[min(offset, piece.count)...]), Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)] {
            var offset = 0
            let event = try? reader.next(bytes.span, from: &offset, head: &head, limits: limits)
            try require(event == nil || event == .needsMore && bytes.isEmpty, "after an error there is no event")
        }
    }

    private static func check(
        _ head: RequestHead, _ fields: [FieldText], _ framing: BodyFraming?
    ) throws(Violation) {
        try HeadRules.check(head.storage, fields: fields)
        let hosts = fields.count { $0.name.map { $0 | 0x20 }.elementsEqual("host".utf8) }
        try require(hosts == 1 || hosts == 0 && head.minorVersion == 0, "there is one Host")
        let length = try HeadRules.statedLength(fields)
        switch framing {
        case .length(let count): try require(count == length, "the length is the one stated")
        case .chunked: try require(length == nil && head.minorVersion == 1, "chunked is of HTTP/1.1")
        case .some(.none): try require(length == nil, "a stated length counts")
        case .untilClose, nil: throw Violation(description: "no request ends with its connection")
        }
        try checkRoundTrip(head, fields, framing)
    }

    /// What we would write of it is read as the same again.
    private static func checkRoundTrip(
        _ head: RequestHead, _ fields: [FieldText], _ framing: BodyFraming?
    ) throws(Violation) {
        var written: [UInt8] = []
        let storage = head.storage.span
        HeadWriter.appendRequestLine(
            method: storage.extracting(head.methodSlice.range), target: storage.extracting(head.target.whole.range),
            to: &written)
        for line in head.lines { HeadWriter.appendField(line, of: storage, to: &written) }
        HeadWriter.appendEnd(to: &written)
        var again = RequestHead()
        do throws(WireError) {
            try again.parse(written.span, limits: HeadLimits(requestLine: 1 << 20, head: 1 << 20, fields: 1 << 10))
        } catch {
            // Written as HTTP/1.1, which demands a Host.
            return try require(head.minorVersion == 0 && error == .missingHost, "what is written can be read: \(error)")
        }
        try require(FieldText.all(in: again) == fields, "the fields are read as they were written")
        try require(
            again.storage[again.target.path.range].elementsEqual(head.storage[head.target.path.range]),
            "the path is read as it was written")
        if head.minorVersion == 1 {
            try require((try? BodyFraming.ofRequest(again)) == framing, "the framing is the same")
        }
    }
}
