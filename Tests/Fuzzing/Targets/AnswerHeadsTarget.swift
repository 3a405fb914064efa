import Upstream
import Wire

enum AnswerHeadsTarget {
    typealias Transcript = MessageTranscript<UpstreamFailure>

    static func check(_ input: [UInt8]) throws(Violation) {
        var draw = Draw(input)
        let limits = draw.chance(3) ? HeadLimits(requestLine: 64, head: 256, fields: 6) : .standard
        let method = draw.pick([Method.get, .get, .head, .post])
        let whole = try read([input], to: method, limits, checksHeads: true)
        try require(try read(input.map { [$0] }, to: method, limits) == whole, "byte by byte it reads the same")
        try require(try read(draw.pieces(input), to: method, limits) == whole, "in any pieces it reads the same")
    }

    private static func read(
        _ pieces: [[UInt8]], to method: Method, _ limits: HeadLimits, checksHeads: Bool = false
    ) throws(Violation) -> Transcript {
        var transcript = Transcript()
        var reader = ResponseReader(limits: limits)
        reader.begin(to: method)
        for piece in pieces {
            var offset = 0
            reading: while true {
                let before = offset
                do throws(UpstreamFailure) {
                    switch try reader.next(piece.span, from: &offset) {
                    case .needsMore: break reading
                    case .interimHead: transcript.add(entry(reader.head, nil))
                    case .head(let framing): transcript.add(entry(reader.head, framing))
                    case .body(let range): transcript.add(data: piece[range])
                    case .ended: transcript.add(.ended(trailers: FieldText.all(in: reader.takeTrailers() ?? TrailerSection())))
                    }
                } catch {
                    transcript.add(.refused(error))
                    try checkSilence(of: &reader, behind: piece, offset)
                    return transcript
                }
                try require((before...piece.count).contains(offset), "reading goes forward")
                if case .head(_, let fields, let framing) = transcript.entries.last, checksHeads {
                    try check(reader.head, fields, framing, to: method, keeps: reader.keepsConnection)
                }
                if case .ended = transcript.entries.last {
                    // What comes behind an answer belongs to none; the connection is given up for it.
                    return transcript
                }
            }
            try require(offset == piece.count, "who wants more has taken all")
        }
        if reader.finish() { transcript.add(.ended(trailers: FieldText.all(in: reader.takeTrailers() ?? TrailerSection()))) }
        return transcript
    }

    private static func entry(_ head: ResponseHead, _ framing: BodyFraming?) -> Transcript.Entry {
        let start = Array(String(head.status).utf8) + [0x20, 0x30 + head.minorVersion, 0x20]
        return .head(start: start + head.storage[head.reason.range], fields: FieldText.all(in: head), framing: framing)
    }

    private static func checkSilence(
        of reader: inout ResponseReader, behind piece: [UInt8], _ offset: Int
    ) throws(Violation) {
        for bytes in [Array(piece[min(offset, piece.count)...]), Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)] {
            var offset = 0
            let event = try? reader.next(bytes.span, from: &offset)
            try require(event == nil || event == .needsMore && bytes.isEmpty, "after an error there is no event")
        }
    }

    private static func check(
        _ head: ResponseHead, _ fields: [FieldText], _ framing: BodyFraming?, to method: Method, keeps: Bool
    ) throws(Violation) {
        try require((100...599).contains(head.status), "a status has three digits, from 100 to 599")
        try HeadRules.check(head.storage, fields: fields)
        guard let framing else { return try require(head.status < 200 && head.status != 101, "interim is 1xx") }
        let length = try HeadRules.statedLength(fields)
        switch framing {
        case .none:
            try require(
                method == .head || head.status == 204 || head.status == 304, "only these have no body (RFC 9112 §6.3)")
        case .length(let count): try require(count == length, "the length is the one stated")
        case .chunked: try require(length == nil && head.minorVersion == 1, "chunked is of HTTP/1.1")
        case .untilClose: try require(length == nil && !keeps, "what ends with its connection ends it")
        }
        var written: [UInt8] = []
        let storage = head.storage.span
        HeadWriter.appendStatusLine(head.status, reason: storage.extracting(head.reason.range), to: &written)
        for line in head.lines { HeadWriter.appendField(line, of: storage, to: &written) }
        HeadWriter.appendEnd(to: &written)
        var again = ResponseHead()
        do throws(WireError) {
            try again.parse(written.span, limits: HeadLimits(requestLine: 1 << 20, head: 1 << 20, fields: 1 << 10))
        } catch {
            throw Violation(description: "what is written can be read: \(error)")
        }
        try require(
            again.status == head.status && FieldText.all(in: again) == fields
                && again.storage[again.reason.range].elementsEqual(head.storage[head.reason.range]),
            "it is read as it was written")
    }
}
