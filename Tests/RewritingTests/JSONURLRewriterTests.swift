import Rewriting
import TestSupport
import Testing

/// In these documents `U` stands for the upstream's base before, and for the proxy's after.
@Suite struct JSONURLRewriterTests {
    private func before(_ document: String) -> String { document.replacing("U", with: upstreamBase) }
    private func after(_ document: String) -> String { document.replacing("U", with: proxyBase) }

    @Test(arguments: [
        #"{"tiles":["U/v3/maps/c/table/{z}/{x}/{y}?name=t"]}"#,
        #"{"tilejson":"2.2.0","tiles":["U/a","U?b","U#c","U"],"properties_tiles":["U/d"],"bounds":[-180,-85,180,85]}"#,
        #"{"tilejson":{"url":["U/a"]},"geojson":{"url":["U/b"]},"json":{"url":["U/c"]},"ndjson":{"url":["U/d"]},"binary":{"url":["U/e"]}}"#,
        #"{"tilejson":{"url":["U/a"],"data":{"tilejson":"2.2.0","tiles":["U/a"],"properties_tiles":["U/b"]}},"size":1}"#,
        #"{"tilejson":{"url":"U/a","data":{"tiles":"U/a","properties_tiles":"U/b"}},"tiles":"U"}"#,
        #"{"tiles":["U/a"],"tiles":["U/b"],"tiles":3,"tiles":null,"tiles":["U/c"]}"#,
        #"{"t\u0069les":["U/a"],"\u0074\u0069\u006c\u0065\u0073":["U/b"],"properties\u005ftiles":"U/c"}"#,
        " \t\r\n{ \"tiles\" \n:\t[ \"U/a\" , \"U/b\" ] , \"x\" : 1 }\n",
        "\u{feff}{\"tiles\":[\"U/a\"]}",
        #"{"a":[[{"tiles":[1,"x]}"]}],{}],"b":"\\","c":"\"","d":{"e":"}"},"tiles":["U/\"\\","U/\u00e9"]}"#,
        #"{"tiles":[],"properties_tiles":[ ],"x":{},"tilejson":{ },"geojson":{"url":["U/x"]}}"#,
        #"{"n":-1.5e+10,"t":true,"f":false,"z":null ,"tiles":[1,null,"U/a",2.5]}"#,
        #"{"tiles":["other","U/a",{"a":1},["b"],"U/c"]}"#,
    ])
    func theNamedMembersAreRewritten(document: String) {
        #expect(rewrite(before(document)) == after(document))
    }

    @Test(arguments: [
        #"["U/a"]"#, #""U/a""#, #"{"url":["U/a"]}"#, #"{"x":{"tiles":["U/a"]}}"#, #"[{"tiles":["U/a"]}]"#,
        #"{"tiles":{"x":"U/a"}}"#, #"{"tiles":[["U/a"],{"url":"U/b"}]}"#, #"{"tilejson":{"tiles":["U/a"]}}"#,
        #"{"tilejson":["U/a"]}"#, #"{"tilejson":[{"url":["U/a"]}]}"#, #"{"geojson":{"data":{"tiles":["U/a"]}}}"#,
        #"{"rows":[{"tiles":["U/a"],"url":"U/b"}],"schema":[]}"#, #"{"tiles ":["U/a"],"Tiles":["U/a"],"tile":["U/a"]}"#,
        #"{"x":"{\"tiles\":[\"U/a\"]}"}"#, #"{"downloadUrl":"U/a","tiles":["https://storage.example/U/a"]}"#,
        #"{"tiles":["U.evil.example/","U:8443/","U:4430/","U:443@evil.example","U@evil.example/","Uk","xU/a"," U/a"]}"#,
        #"{"tiles":["https:\\/\\/gcp-us-east1.api.carto.com/"]}"#, #"{"properties_tiles_":["U/a"]}"#,
        #"{"tilejson":{"data":{"data":{"tiles":["U/a"]}}},"data":{"tiles":["U/a"]}}"#,
        #"{}{"tiles":["U/a"]}"#, "{}\n{\"tiles\":[\"U/a\"]}", #"{"tiles":"#, #"{"tiles":["U"#, #"{"tiles":[U/a]}"#,
        #"{tiles:["U/a"]}"#, #"{"tiles",["U/a"]}"#, #"{"a":1]"#, #"{,"tiles":["U/a"]}"#, #"{"a" 1,"tiles":["U/a"]}"#,
        #"{"a":[}],"tiles":["U/a"]}"#, #"{"a":@,"tiles":["U/a"]}"#, #"{"a":1;"tiles":["U/a"]}"#,
        #"{"a":1,,"tiles":["U/a"]}"#,
        #"{"\x":1,"tiles":["U/a"]}"#, #"{"\u00g0":1,"tiles":["U/a"]}"#, "{\"a\nb\":1,\"tiles\":[\"U/a\"]}",
        #"{"a":"b" "c","tiles":["U/a"]}"#, "", " ", "<html>U/a</html>", "{", "}", "\"", "[", "\\", "{\"",
    ])
    func everythingElseStays(document: String) {
        #expect(rewrite(before(document)) == before(document))
    }

    @Test(arguments: [
        #"https:\/\/gcp-us-east1.api.carto.com\/v3\/maps"#: #"\/v3\/maps"#,
        #"\u0068ttps:\u002f\u002Fgcp-us-east1.api.carto.com/v3\u002fmaps"#: #"/v3\u002fmaps"#,
        #"HTTPS://GCP-us-east1.API.carto.com/V3"#: "/V3",
        #"https://gcp-us-east1.api.carto.com:443/v3"#: "/v3",
        #"https://gcp-us-east1.api.carto.com\u003a443\u003fq={z}"#: #"\u003fq={z}"#,
        #"https:\/\/gcp-us-east1.api.carto.com"#: "",
        #"\u0068\u0074\u0074\u0070\u0073\u003a\u002f\u002f\u0067\u0063\u0070-us-east1.api.carto.com/x\"y"#: #"/x\"y"#,
    ])
    func aBaseMayBeWrittenInManyWays(url: String, rest: String) {
        let document = { (url: String) in #"{"tiles":["\#(url)","\#(url)"],"after":1}"# }
        #expect(rewrite(document(url)) == document(proxyBase + rest))
    }

    @Test func severalBasesAndAPath() {
        let bases = ["https://maps.example.com/api", "https://maps.example.com", "https://alias.example"]
        let document = { (urls: [String]) in #"{"tiles":["\#(urls.joined(separator: #"",""#))"]}"# }
        let urls = [
            "https://maps.example.com/api/v3", "https://maps.example.com/v3", "https://alias.example/v3",
            #"https://maps.example.com/\u0061pi/v3"#, "https://third.example/v3",
        ]
        let expected = ["P/v3", "P/v3", "P/v3", "P/v3", "https://third.example/v3"].map {
            $0.replacing("P", with: proxyBase)
        }
        #expect(rewrite(document(urls), bases: bases) == document(expected))
        let bytes = Array(document(urls).utf8)
        for size in 1...60 {
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                Array(bytes[$0..<min(bytes.count, $0 + size)])
            }
            #expect(text(rewrite(pieces, bases: bases)) == document(expected), "pieces of \(size)")
        }
    }

    @Test(arguments: [
        #"{"tiles":["U/\u00","U/b"]}"#, #"{"tiles":["U/\u\\","U/b"]}"#, #"{"tiles":["U\u00","U/b"]}"#,
        #"{"tiles":["U/\x","U/b"]}"#, #"{"tiles":["U/\u0\"","U/b"]}"#, "{\"tiles\":[\"U/\n\",\"U/b\"]}",
        #"{"tiles":["U/\","U/b"]}"#, #"{"tiles":["U\","U/b"]}"#, #"{"tiles":["http\q","U/b"]}"#,
    ])
    func aBrokenURLIsReadTheSameInAnySplit(document: String) {
        let document = Array(before(document).utf8)
        let whole = rewrite([document])
        for place in 0...document.count {
            #expect(rewrite([Array(document[..<place]), Array(document[place...])]) == whole, "split at \(place)")
        }
    }

    @Test func nothingToReplaceOrNothingToReplaceItWithPassesAll() {
        let document = before(#"{"tiles":["U/a"]}"#)
        #expect(rewrite(document, bases: []) == document)
        #expect(rewrite(document, to: "") == document)
    }

    @Test func aReplacementCannotEndTheString() {
        #expect(rewrite(before(#"{"tiles":["U/a"]}"#), to: "http://\"\\\n") == #"{"tiles":["http://\"\\/a"]}"#)
    }

    @Test func depthIsLimitedAndBeyondItAllPasses() {
        for (depth, rewritten) in [(510, true), (512, true), (513, false), (100_000, false)] {
            let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let document = "{\"a\":\(nested),\"tiles\":[\"U/a\"]}"
            #expect(rewrite(before(document)) == (rewritten ? after(document) : before(document)), "depth \(depth)")
        }
        let unclosed = String(repeating: "{\"tiles\":[", count: 100_000)
        #expect(rewrite(unclosed) == unclosed)
    }

    @Test func replacementsAreCountedForEachDocument() {
        var rewriter = JSONURLRewriter(bases: UpstreamBases([Array(upstreamBase.utf8)]))
        let replacement = Array(proxyBase.utf8)
        let document = Array(before(#"{"tiles":["U/a","x","U/b"]}"#).utf8)
        for _ in 0..<2 {
            rewriter.reset(replacement: replacement.span)
            var output: [UInt8] = []
            rewriter.rewrite(document.span.extracting(0..<20), into: &output)
            rewriter.rewrite(document.span.extracting(20...), into: &output)
            rewriter.finish(into: &output)
            #expect(rewriter.replacements == 2)
        }
    }

    @Test func littleIsHeld() {
        var rewriter = JSONURLRewriter(bases: UpstreamBases([Array(upstreamBase.utf8)]))
        let replacement = Array(proxyBase.utf8)
        rewriter.reset(replacement: replacement.span)
        var output: [UInt8] = []
        var fed = 0
        let opening = Array(#"{"tiles":[""#.utf8)
        rewriter.rewrite(opening.span, into: &output)
        fed += opening.count
        let escape = Array(#"\u0068"#.utf8)
        for _ in 0..<10_000 {
            rewriter.rewrite(escape.span, into: &output)
            fed += escape.count
            #expect(fed - output.count <= (upstreamBase.utf8.count + 5) * 6)
        }
    }

    @Test func aLargeDocumentStreams() {
        var rewriter = JSONURLRewriter(bases: UpstreamBases([Array(upstreamBase.utf8)]))
        let replacement = Array(proxyBase.utf8)
        rewriter.reset(replacement: replacement.span)
        let element = Array("\(String(repeating: "x", count: 9000)) \\\" \\\\\",\"\(upstreamBase)/t\",\"".utf8)
        var output: [UInt8] = []
        let opening = Array("{\"tiles\":[\"".utf8)
        rewriter.rewrite(opening.span, into: &output)
        for _ in 0..<1000 {
            output.removeAll(keepingCapacity: true)
            rewriter.rewrite(element.span, into: &output)
        }
        #expect(rewriter.replacements == 1000)
        #expect(output.capacity < 64 << 10)
    }

    @Test func everyDocumentOfTheCorpusIsRelayed() throws {
        guard let cases = try corpus("json-bodies") else { return }
        var random = SplitMix64(seed: 11)
        for each in cases {
            let body = Array(each.b64)
            #expect(rewrite([body]) == body, "\(each.id)")
            #expect(rewrite(body.map { [$0] }) == body, "\(each.id)")
            #expect(rewrite(random.cut(body, upTo: 9)) == body, "\(each.id)")
            // And as a part of a document that has something to rewrite.
            let around =
                Array(before(#"{"tiles":["U/a"],"x":"#).utf8) + body + Array(before(#","tiles":["U/b"]}"#).utf8)
            let whole = rewrite([around])
            #expect(whole.starts(with: Array(after(#"{"tiles":["U/a"],"x":"#).utf8)), "\(each.id)")
            #expect(rewrite(random.cut(around, upTo: 9)) == whole, "\(each.id)")
        }
    }
}
