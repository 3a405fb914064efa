import Wire

enum ChunkedBodiesTarget {
    private struct Reading: Equatable {
        enum End: Equatable {
            /// How many bytes the body took.
            case ended(at: Int)
            case cut
            case refused(WireError)
        }

        var data: [UInt8] = []
        var trailers: [FieldText] = []
        var end = End.cut
    }

    static func check(_ input: [UInt8]) throws(Violation) {
        var draw = Draw(input)
        let limits =
            draw.chance(3)
            ? ChunkLimits(extensionPerChunk: 8, extensionsInTotal: 24, trailers: 64, trailerFields: 2) : .standard
        let whole = try read([input], limits)
        try require(try read(input.map { [$0] }, limits) == whole, "byte by byte it reads the same")
        try require(try read(draw.pieces(input), limits) == whole, "in any pieces it reads the same")
        if case .ended = whole.end { try checkRoundTrip(input, &draw) }
        try checkWritten(input, &draw)
    }

    private static func read(_ pieces: [[UInt8]], _ limits: ChunkLimits) throws(Violation) -> Reading {
        var decoder = ChunkedDecoder(limits: limits)
        var reading = Reading()
        var taken = 0
        for piece in pieces {
            var offset = 0
            stepping: while true {
                switch Result(catching: { () throws(WireError) in try decoder.next(piece.span, from: offset) }) {
                case .success(.data(let range)):
                    try require(
                        range.lowerBound >= offset && range.upperBound <= piece.count && !range.isEmpty,
                        "data lies in the input")
                    reading.data += piece[range]
                    offset = range.upperBound
                case .success(.needMore): break stepping
                case .success(.end(let end)):
                    try require((offset...piece.count).contains(end), "the end lies in the input")
                    try require(decoder.hasEnded, "an end is one")
                    reading.trailers = FieldText.all(in: decoder.trailers)
                    reading.end = .ended(at: taken + end)
                    return reading
                case .failure(let error):
                    let last = Array("0\r\n\r\n".utf8)
                    let again = Result { () throws(WireError) in try decoder.next(last.span, from: 0) }
                    try require(again == .failure(error), "after an error there is no event")
                    try require(!decoder.hasEnded, "what is refused has not ended")
                    reading.end = .refused(error)
                    return reading
                }
            }
            taken += piece.count
        }
        return reading
    }

    /// Written anew it has the same data and trailers.
    private static func checkRoundTrip(_ input: [UInt8], _ draw: inout Draw) throws(Violation) {
        var decoder = ChunkedDecoder()
        var written: [UInt8] = []
        var data: [UInt8] = []
        var offset = 0
        while case .data(let range)? = try? decoder.next(input.span, from: offset) {
            ChunkWriter.appendSizeLine(range.count, to: &written)
            written += input[range]
            ChunkWriter.appendDataEnd(to: &written)
            data += input[range]
            offset = range.upperBound
        }
        guard decoder.hasEnded else { return }
        ChunkWriter.appendLastChunk(decoder.trailers, where: { _ in true }, to: &written)
        let again = try read(draw.pieces(written), .standard)
        let expected = Reading(
            data: data, trailers: FieldText.all(in: decoder.trailers), end: .ended(at: written.count))
        try require(again == expected, "what is written is read as the same")
    }

    /// Any bytes written as chunks are read as these bytes, and what follows is not touched.
    private static func checkWritten(_ input: [UInt8], _ draw: inout Draw) throws(Violation) {
        var written: [UInt8] = []
        for piece in draw.pieces(input) {
            ChunkWriter.appendSizeLine(piece.count, to: &written)
            written += piece
            ChunkWriter.appendDataEnd(to: &written)
        }
        ChunkWriter.appendLastChunk(to: &written)
        let expected = Reading(data: input, trailers: [], end: .ended(at: written.count))
        let following = Array("GET / HTTP/1.1\r\n".utf8)
        try require(try read([written + following], .standard) == expected, "a body is read to its end, not further")
    }
}
