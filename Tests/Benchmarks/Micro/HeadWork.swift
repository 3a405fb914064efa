import Wire

/// As a page's map sends it.
let requestText = Array(
    """
    GET /v3/maps/carto_dw/table/5/15/12?name=carto-demo-data.demo_tables.retail_stores&cache=1700000000 HTTP/1.1\r
    Host: localhost:22786\r
    Connection: keep-alive\r
    Accept: application/vnd.mapbox-vector-tile\r
    Accept-Encoding: gzip, deflate, br, zstd\r
    Accept-Language: en-GB,en;q=0.9\r
    Cache-Control: no-cache\r
    Origin: http://localhost:5173\r
    Referer: http://localhost:5173/\r
    Sec-Fetch-Dest: empty\r
    Sec-Fetch-Mode: cors\r
    Sec-Fetch-Site: same-site\r
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r
    \r

    """.utf8)

private let answerText = Array(
    """
    HTTP/1.1 200 OK\r
    Date: Fri, 27 Nov 2026 12:00:00 GMT\r
    Content-Type: application/json; charset=utf-8\r
    Content-Length: 1024\r
    Connection: keep-alive\r
    Cache-Control: public, max-age=300\r
    ETag: W/"400-4oDLzjsJkyZVRjRHWHlbdmpQ8eM"\r
    Vary: Origin, Accept-Encoding\r
    X-Request-Id: 0f0e6f0a-7c1b-4b0c-9d67-6c2b4fd6f1ab\r
    \r

    """.utf8)

/// Finding the end of a head, taking it apart, writing one.
var headWork: [Work] {
    [
        Work("request head: scan and parse", per: "head") {
            var scanner = HeadScanner(.request)
            var head = RequestHead()
            return {
                scanner.reset()
                guard let length = try scanner.scan(requestText.span, limits: .standard) else { return 0 }
                try head.parse(requestText.span.extracting(0..<length))
                return head.lines.count
            }
        },
        Work("answer head: scan and parse", per: "head") {
            var scanner = HeadScanner(.response)
            var head = ResponseHead()
            return {
                scanner.reset()
                guard let length = try scanner.scan(answerText.span, limits: .standard) else { return 0 }
                try head.parse(answerText.span.extracting(0..<length))
                return head.lines.count
            }
        },
        Work("request head: write", per: "head") {
            var head = RequestHead()
            try head.parse(requestText.span)
            var output: [UInt8] = []
            return {
                output.removeAll(keepingCapacity: true)
                let whole = head.target.whole
                HeadWriter.appendRequestLine(
                    method: "GET", target: head.storage.span.extracting(whole.range), to: &output)
                for line in head.lines where line.known != .origin {
                    HeadWriter.appendField(line, of: head.storage.span, to: &output)
                }
                return output.count
            }
        },
    ]
}
