import Compression
import Rewriting
import Secrets
import Wire

private let upstreamBase = "https://gcp-us-east1.api.carto.com"

/// 64 KiB, as the answer to an instantiation.
private let tileJSON: [UInt8] = {
    let tiles = (0..<490).map {
        "\"\(upstreamBase)/v3/maps/carto_dw/table/{z}/{x}/{y}?name=t\($0)&cache=\($0 * 7_919)\""
    }
    return document(start: "{\"tilejson\":\"2.2.0\",\"tiles\":[", items: tiles, end: "],\"bounds\":[-180,-85,180,85]}")
}()

/// 64 KiB, as the answer to a query.
private let rows: [UInt8] = {
    let rows = (0..<800).map {
        "{\"cartodb_id\":\($0),\"name\":\"Sevilla\",\"pop\":684234,\"geom\":\"POINT(-5.99 37.38)\"}"
    }
    return document(start: "{\"rows\":[", items: rows, end: "],\"meta\":{\"cacheHit\":false}}")
}()

/// As many of the items as make 64 KiB, and white space for the rest.
private func document(start: String, items: [String], end: String) -> [UInt8] {
    var bytes = Array(start.utf8)
    for (index, item) in items.enumerated() {
        guard bytes.count + item.utf8.count + end.utf8.count + 1 <= 64 << 10 else { break }
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes += item.utf8
    }
    bytes += end.utf8
    return bytes + [UInt8](repeating: UInt8(ascii: " "), count: (64 << 10) - bytes.count)
}

/// Two credentials' secrets and tokens.
private let patterns = GuardPatterns([
    Secret("cs-Zk3vT9qLw8Xy2RbN6mPcJ4hD1sFgUaEo"), Secret("at-Qp0dN5uLx7We3TbM8vKcH2jR6sYgZaFi"),
    Secret("cs-Hn4tY8oPq1Vz6LdK3wRfJ9mB5xGsUeCa"), Secret("at-Sb7eM2iDk9Oc4XaV6nQpL1zT8rWyJhFu"),
])

/// What is done with the bytes of bodies.
var bodyWork: [Work] {
    [
        Work("chunked body: decode, 4 KiB chunks", perKiBOf: 64 << 10) {
            let chunk = Array("1000\r\n".utf8) + [UInt8](repeating: 0x61, count: 4_096) + Array("\r\n".utf8)
            let body = Array(repeatElement(chunk, count: 16).joined()) + Array("0\r\n\r\n".utf8)
            return {
                var decoder = ChunkedDecoder()
                var offset = 0
                while true {
                    switch try decoder.next(body.span, from: offset) {
                    case .data(let range): offset = range.upperBound
                    case .needMore: return 0
                    case .end(let end): return end
                    }
                }
            }
        },
        Work("guard: search JSON rows", perKiBOf: rows.count) {
            let scanner = GuardScanner(patterns: patterns)
            var output: [UInt8] = []
            return {
                output.removeAll(keepingCapacity: true)
                scanner.reset(patterns: patterns)
                scanner.scan(rows.span, into: &output)
                scanner.finish(into: &output)
                return output.count
            }
        },
        Work("rewrite: TileJSON as it is", perKiBOf: tileJSON.count) {
            try rewriting(.identity, tileJSON, guardedBy: nil)
        },
        Work("rewrite: TileJSON, gzip, guarded", perKiBOf: tileJSON.count) {
            let deflater = try Deflater(level: 6)
            var coded: [UInt8] = []
            _ = deflater.deflate(tileJSON.span, from: 0, into: &coded, limit: 1 << 20)
            while !deflater.finish(into: &coded, limit: 1 << 20) {}
            return try rewriting(.gzip, coded, guardedBy: patterns)
        },
    ]
}

private func rewriting(
    _ plan: RewritePlan, _ body: [UInt8], guardedBy patterns: GuardPatterns?
) throws -> () throws -> Int {
    let rewriter = BodyRewriter(bases: UpstreamBases([Array(upstreamBase.utf8)]))
    let base = Array("http://localhost:22786".utf8)
    var output: [UInt8] = []
    return {
        output.removeAll(keepingCapacity: true)
        try rewriter.begin(plan, replacement: base.span, guardedBy: patterns)
        var offset = 0
        while offset < body.count {
            offset += try rewriter.rewrite(body.span, from: offset, into: &output, limit: 1 << 20).consumed
        }
        while try !rewriter.finish(into: &output, limit: 1 << 20) {}
        return output.count
    }
}
