import Testing
import Wire

@Suite struct ConnectionOptionsTests {
    @Test(arguments: [
        ("1.1", [], true), ("1.1", ["close"], false), ("1.1", ["Close"], false), ("1.1", ["keep-alive"], true),
        ("1.1", ["keep-alive, close"], false), ("1.1", ["a", "b,\tclose ,"], false), ("1.0", [], false),
        ("1.0", ["Keep-Alive"], true), ("1.0", ["keep-alive", "close"], false), ("1.1", ["closed"], true),
        ("1.1", [", ,"], true), ("1.1", [""], true),
    ])
    func tellWhetherTheConnectionPersists(_ version: String, _ values: [String], _ persists: Bool) throws {
        let head = try request(
            "GET / HTTP/\(version)\r\nHost: a\r\n\(values.map { "Connection: \($0)\r\n" }.joined())\r\n")
        #expect(try ConnectionOptions.of(head).keepAlive == persists)
    }

    @Test func nominateKnownAndUnknownFields() throws {
        let head = try request(
            fields: "Connection: Upgrade, X-Mine, x-forwarded-mine, TE", "X-MINE: 1", "X-Other: 2", "TE: trailers",
            "X-Forwarded-Mine: 3", "X-Forwarded-Else: 4")
        let options = try ConnectionOptions.of(head)
        #expect(head.lines.map { options.nominates($0, in: head) } == [false, false, true, false, true, true, false])
        #expect(options.nominates(.te))
        #expect(options.nominates(.upgrade))
        #expect(options.upgrade)
        #expect(!options.nominates(.other))
        #expect(!options.nominates(.xForwardedOther))
    }

    @Test func refuseWhatIsNoToken() throws {
        for value in ["a b", "\"close\"", "close;a", "keep\u{E9}alive"] {
            let head = try request(fields: "Connection: \(value)")
            #expect(throws: WireError.invalidConnectionOption) { try ConnectionOptions.of(head) }
        }
    }

    @Test func ofResponses() throws {
        #expect(try !ConnectionOptions.of(response("HTTP/1.0 200 OK\r\n\r\n")).keepAlive)
        #expect(try ConnectionOptions.of(response("HTTP/1.1 200 OK\r\n\r\n")).keepAlive)
    }
}
