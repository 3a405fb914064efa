import Testing
import Wire

@Suite struct RequestHeadTests {
    @Test func splitsWhatItParses() throws {
        let head = try request(
            "POST /v3/sql/c/query?q=a?b&c HTTP/1.1\r\nHost: localhost:22786\r\nX-Empty:\r\n"
                + "content-TYPE: \t text/plain; a=\"b c\" \t\r\nAccept:*/*\r\n\r\n")
        #expect(head.method == .post)
        #expect(text(head.methodSlice, of: head.storage) == "POST")
        #expect(head.minorVersion == 1)
        #expect(head.target.form == .origin)
        #expect(text(head.target.whole, of: head.storage) == "/v3/sql/c/query?q=a?b&c")
        #expect(text(head.target.path, of: head.storage) == "/v3/sql/c/query")
        #expect(head.target.query.map { text($0, of: head.storage) } == "q=a?b&c")
        #expect(
            head.spelled == [
                "Host: localhost:22786", "X-Empty: ", "content-TYPE: text/plain; a=\"b c\"", "Accept: */*",
            ])
        #expect(head.lines.map(\.known) == [.host, .other, .contentType, .accept])
        #expect(head.host.map { text($0, of: head.storage) } == "localhost:22786")
        #expect(head.firstValue(of: .accept).map { text($0, of: head.storage) } == "*/*")
        #expect(head.firstValue(of: .cookie) == nil)
    }

    @Test func keepsNothingOfTheHeadBefore() throws {
        var head = try request("PURGE /a HTTP/1.0\r\nCookie: a\r\n\r\n")
        #expect(head.method == .other)
        try head.parse(bytes("GET / HTTP/1.1\r\nHost: b\r\n\r\n").span)
        #expect(head.spelled == ["Host: b"])
        #expect(!head.present.contains(.cookie))
        #expect(throws: WireError.missingHost) { try head.parse(bytes("GET / HTTP/1.1\r\n\r\n").span) }
        #expect(head.lines.isEmpty)
        #expect(head.storage.isEmpty)
    }

    @Test func takesOctetsAboveASCIIInValuesOnly() throws {
        let head = try request(bytes("GET / HTTP/1.1\r\nHost: a\r\nX: ") + [0x80, 0xFF] + bytes("\r\n\r\n"))
        #expect(head.storage[head.lines[1].value.range].elementsEqual([0x80, 0xFF]))
    }

    @Test(
        arguments: [
            ("GET http://localhost:22786/a?b HTTP/1.1", .absolute, "localhost:22786", "/a", "b"),
            ("GET HTTPS://[::1]:8080 HTTP/1.1", .absolute, "[::1]:8080", "", nil),
            ("GET http://a?b HTTP/1.1", .absolute, "a", "", "b"),
            ("OPTIONS * HTTP/1.1", .asterisk, nil, "", nil),
            ("CONNECT example.com:443 HTTP/1.1", .authority, "example.com:443", "", nil),
            ("GET //a/b? HTTP/1.1", .origin, nil, "//a/b", ""),
        ] as [(String, RequestTarget.Form, String?, String, String?)])
    func readsTheFourForms(
        _ line: String, _ form: RequestTarget.Form, _ authority: String?, _ path: String, _ query: String?
    ) throws {
        let head = try request(line + "\r\nHost: a\r\n\r\n")
        #expect(head.target.form == form)
        #expect(head.target.authority.map { text($0, of: head.storage) } == authority)
        #expect(text(head.target.path, of: head.storage) == path)
        #expect(head.target.query.map { text($0, of: head.storage) } == query)
    }

    @Test(arguments: [
        ("GET  / HTTP/1.1", WireError.malformedRequestLine), ("GET /  HTTP/1.1", .malformedRequestLine),
        (" GET / HTTP/1.1", .invalidMethod), ("GET / HTTP/1.1 ", .malformedRequestLine),
        ("GET\t/ HTTP/1.1", .invalidMethod), ("GET /\tHTTP/1.1", .malformedRequestLine),
        ("GET", .invalidMethod), ("GET /", .malformedRequestLine), ("GET / ", .malformedRequestLine),
        ("GET: / HTTP/1.1", .invalidMethod), ("G\u{E9}T / HTTP/1.1", .invalidMethod),
        ("GET\0 / HTTP/1.1", .controlByte), ("GET /\u{7F} HTTP/1.1", .controlByte),
        ("GET /\u{3B4} HTTP/1.1", .invalidTarget), ("GET /a#b HTTP/1.1", .fragmentInTarget),
        ("GET / HTTP/2.0", .unsupportedVersion), ("GET / HTTP/1.2", .unsupportedVersion),
        ("GET / HTTP/0.9", .unsupportedVersion), ("PRI * HTTP/2.0", .unsupportedVersion),
        ("GET / http/1.1", .malformedRequestLine), ("GET / HTTP/1.10", .malformedRequestLine),
        ("GET / HTTP/01.1", .malformedRequestLine), ("GET / HTTP/1", .malformedRequestLine),
        ("GET / FTP/1.1", .malformedRequestLine), ("GET / HTTP/1,1", .malformedRequestLine),
        ("GET * HTTP/1.1", .targetFormNotForMethod), ("GET a:1 HTTP/1.1", .invalidTarget),
        ("GET a/b HTTP/1.1", .invalidTarget), ("GET ?a HTTP/1.1", .invalidTarget),
        ("CONNECT / HTTP/1.1", .targetFormNotForMethod), ("CONNECT a HTTP/1.1", .targetFormNotForMethod),
        ("GET http://u@a/ HTTP/1.1", .userinfoInTarget), ("GET http://u:p@a/ HTTP/1.1", .userinfoInTarget),
        ("GET ftp://a/ HTTP/1.1", .unsupportedScheme), ("GET file:///a HTTP/1.1", .unsupportedScheme),
        ("GET http:///a HTTP/1.1", .invalidTarget), ("GET http:a HTTP/1.1", .invalidTarget),
        ("GET http://a:0/ HTTP/1.1", .invalidTarget), ("GET http://a:65536/ HTTP/1.1", .invalidTarget),
        ("GET http://?a HTTP/1.1", .invalidTarget), ("GET http://[::1/ HTTP/1.1", .invalidTarget),
        ("GET http:/?/a HTTP/1.1", .invalidTarget),
    ])
    func refusesRequestLines(_ line: String, _ rule: WireError) {
        #expect(throws: rule) { try request(line + "\r\nHost: a\r\n\r\n") }
    }

    @Test(arguments: [
        ("X : a", WireError.whitespaceBeforeColon), ("X\t: a", .whitespaceBeforeColon), (" X: a", .foldedLine),
        ("\tX: a", .foldedLine), (": a", .invalidFieldName), ("X", .invalidFieldName), ("X\0: a", .controlByte),
        ("X@: a", .invalidFieldName), ("X\u{E9}: a", .invalidFieldName), ("X(: a", .invalidFieldName),
        ("X: a\0b", .controlByte), ("X: a\u{1}b", .controlByte), ("X: a\u{7F}b", .controlByte),
        ("X: a\u{B}", .controlByte), ("X: a\rb", .bareCarriageReturn), ("X: a\nb: c", .bareLineFeed),
        ("X: a\n", .bareLineFeed), ("\rX: a", .bareCarriageReturn), ("X\r: a", .bareCarriageReturn),
        ("X\n: a", .bareLineFeed), ("X: a\r\n b", .foldedLine), ("X: a\r\n\tb", .foldedLine),
        ("\nX: a", .bareLineFeed), ("X: a\r\r\n", .bareCarriageReturn),
    ])
    func refusesFieldLines(_ line: String, _ rule: WireError) {
        #expect(throws: rule) { try request("GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n") }
        #expect(throws: rule) { try request("GET / HTTP/1.1\r\n\(line)\r\nHost: a\r\n\r\n") }
    }

    @Test func refusesEveryControlByteInAValue() {
        for byte in (UInt8(0)...0x1F).filter({ $0 != 0x09 }) + [0x7F] {
            // At every place of a word, since values are searched eight bytes at a time.
            for padding in 0..<17 {
                let value = [UInt8](repeating: UInt8(ascii: "v"), count: padding) + [byte] + bytes("vvvvvvvvv")
                #expect(throws: WireError.self) {
                    try request(bytes("GET / HTTP/1.1\r\nHost: a\r\nX: ") + value + bytes("\r\n\r\n"))
                }
            }
        }
    }

    @Test(arguments: [
        ("", WireError.missingHost), ("Host: a\r\nHost: a\r\n", .repeatedHost), ("Host: a, b\r\n", .invalidHost),
        ("Host:\r\n", .invalidHost), ("Host: a b\r\n", .invalidHost), ("Host: a/b\r\n", .invalidHost),
        ("Host: u@a\r\n", .invalidHost), ("Host: a:\r\n", .invalidHost), ("Host: :80\r\n", .invalidHost),
        ("Host: a:b\r\n", .invalidHost), ("Host: a:-1\r\n", .invalidHost), ("Host: a:99999\r\n", .invalidHost),
        ("Host: a:000080\r\n", .invalidHost), ("Host: [::1\r\n", .invalidHost), ("Host: [::1]x\r\n", .invalidHost),
        ("Host: [v1.a]\r\n", .invalidHost), ("Host: [fe80::1%25eth0]\r\n", .invalidHost),
        ("Host: http://a\r\n", .invalidHost), ("Host: a\u{E9}\r\n", .invalidHost), ("Host: %41\r\n", .invalidHost),
    ])
    func refusesHosts(_ fields: String, _ rule: WireError) {
        #expect(throws: rule) { try request("GET / HTTP/1.1\r\n\(fields)\r\n") }
    }

    @Test func onlyHTTP10MayDoWithoutHost() throws {
        #expect(try request("GET / HTTP/1.0\r\n\r\n").host == nil)
        #expect(throws: WireError.repeatedHost) { try request("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n") }
        #expect(throws: WireError.invalidHost) { try request("GET / HTTP/1.0\r\nHost: a/b\r\n\r\n") }
    }

    @Test func ignoresOneEmptyLineBeforeARequestAndNoMore() throws {
        #expect(try request("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").method == .get)
        #expect(throws: WireError.self) { try request("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(throws: WireError.self) { try request("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") }
    }

    @Test func refusesWhatIsNotExactlyOneHead() {
        let head = "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n"
        for count in 0..<bytes(head).count {
            #expect(throws: WireError.self, "cut at \(count)") { try request(Array(bytes(head).prefix(count))) }
        }
        #expect(throws: WireError.truncatedHead) { try request(head + "x") }
    }

    @Test(arguments: [
        ("Content_Length: 1", FieldName.contentLength), ("Transfer_Encoding: x", .transferEncoding),
        ("Transfer.Encoding: x", .transferEncoding), ("transferencoding: x", .transferEncoding),
        ("Transfer-Encoding2: chunked", .transferEncoding), ("X_Forwarded_For: a", .xForwardedFor),
        ("X-Forwarded_Host: a", .xForwardedHost), ("x_forwarded_anything: a", .xForwardedOther),
        ("X_HTTP_Method_Override: PUT", .xHTTPMethodOverride), ("Authorization_: x", .other),
        ("Proxy_Authorization: x", .proxyAuthorization), ("X-Original~URL: /", .xOriginalURL),
        ("X: Y Transfer-Encoding: chunked", .transferEncoding), ("X: content-length:5", .contentLength),
        ("X: transfer-encoding", .other), ("X_Custom: a", .other), ("Transfer-Encoding-Info: a", .other),
        ("Cartouche_Key: a", .cartoucheKey), ("Accept: Transfer-Encoding: chunked", .other),
    ])
    func tellsLookalikes(_ line: String, _ imitated: FieldName) throws {
        let head = try request("GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n")
        #expect(head.lines[1].lookalike == imitated)
        #expect(head.lines[1].isLookalike == (imitated != .other))
    }

    @Test func limitsAreInclusive() throws {
        func lines(_ count: Int) -> String { (0..<count).map { "X-\($0): y\r\n" }.joined() }
        #expect(try request("GET / HTTP/1.1\r\nHost: a\r\n\(lines(99))\r\n").lines.count == 100)
        #expect(throws: WireError.tooManyFields) { try request("GET / HTTP/1.1\r\nHost: a\r\n\(lines(100))\r\n") }
        let path = String(repeating: "a", count: 16_384 - bytes("GET / HTTP/1.1").count)
        _ = try request("GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(throws: WireError.requestLineTooLong) { try request("GET /\(path)a HTTP/1.1\r\nHost: a\r\n\r\n") }
    }
}
