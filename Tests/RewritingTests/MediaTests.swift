import Rewriting
import Testing

@Suite struct MediaTests {
    @Test(arguments: [
        ("application/json", MediaKind.json), ("application/json; charset=utf-8", .json), ("APPLICATION/JSON", .json),
        ("text/json", .json), ("application/geo+json", .json), ("application/problem+JSON;x=y", .json),
        ("application/vnd.mapbox.tilejson+json", .json), ("application/json ;a=b", .json),
        ("text/plain", .text), ("text/html;charset=x", .text), ("text/event-stream", .text), ("text/csv", .text),
        ("application/xml", .text), ("image/svg+xml", .text), ("application/x-ndjson", .text), ("", .text),
        ("json", .text), (";", .text), ("/", .opaque), ("application/javascript", .text), ("image/json", .text),
        ("application/x-www-form-urlencoded", .text), ("application/octet-stream", .opaque), ("image/png", .opaque),
        ("application/vnd.mapbox-vector-tile", .opaque), ("application/x-protobuf", .opaque),
        ("application/jsonx", .opaque), ("application/json/x", .opaque), ("application/gzip", .opaque),
    ])
    func aTypeTellsWhetherToLookInside(type: String, kind: MediaKind) {
        let type = Array(type.utf8)
        #expect(MediaKind(contentType: type.span) == kind)
    }

    @Test(arguments: [
        ("", ContentCoding.identity), ("identity", .identity), ("  ", .identity), ("gzip", .gzip), ("X-GZIP", .gzip),
        (" GZip\t", .gzip), ("gzip, gzip", .other), ("gzip,identity", .other), ("br", .other), ("zstd", .other),
        ("deflate", .other), ("gzipped", .other), ("gzip;q=1", .other), (",", .other),
    ])
    func onlyGzipIsOpened(coding: String, expected: ContentCoding) {
        let coding = Array(coding.utf8)
        #expect(ContentCoding(contentEncoding: coding.span) == expected)
    }

    @Test func onlyJSONIsRewritten() {
        let media = [MediaKind.json, .text, .opaque]
        let codings = [ContentCoding.identity, .gzip, .other]
        let plans = media.flatMap { media in codings.map { RewritePlan(media: media, coding: $0) } }
        #expect(plans == [.identity, .gzip] + [RewritePlan](repeating: .untouched, count: 7))
    }
}
