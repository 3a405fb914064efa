/// A request that has to be refused, whatever else it meets: its path is no route, so that nothing is forwarded even by
/// a proxy that refuses nothing.
struct DoctorAttack {
    let what: String
    /// Each of them sent on a connection of its own.
    let requests: [[UInt8]]
    /// What refuses it, as answers name it.
    let codes: Set<String>
    /// What is to be done where it is let through.
    let mend: String

    static let path = "/v3/cartouche-doctor/nothing"

    /// A request of these lines; with the host's name unless they have one.
    static func request(
        _ method: String = "GET", _ target: String = path, host: String?, _ lines: [String] = [], body: String = ""
    ) -> [UInt8] {
        var all = ["\(method) \(target) HTTP/1.1"]
        if let host { all.append("Host: \(host)") }
        all += lines
        if !body.isEmpty { all.append("Content-Length: \(body.utf8.count)") }
        all.append("Connection: close")
        return Array((all.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    /// All of them, for a listener that answers to `host`.
    static func all(host: String, port: UInt16?) -> [DoctorAttack] {
        names(port) + pages(host) + paths(host) + messages(host)
    }

    private static let unexpected = "report it: a promise of the threat model does not hold here"

    /// DNS rebinding: a page's own name that resolves to this machine.
    private static func names(_ port: UInt16?) -> [DoctorAttack] {
        let end = port.map { ":\($0)" } ?? ""
        let strange = [
            "evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "localhost.", "127.1", "2130706433", "0.0.0.0",
            "[::ffff:127.0.0.1]", "metadata.google.internal",
        ]
        return [
            DoctorAttack(
                what: "names that are not ours (DNS rebinding)",
                requests: strange.map { request(host: $0 + end, ["Origin: http://\($0)\(end)"]) },
                codes: ["host-not-served", "host-malformed", "invalid-host"],
                mend: "take the name out of server_names and public_url"),
            DoctorAttack(
                what: "no name, two names, a name in disguise",
                requests: [
                    request(host: nil), request(host: "localhost\(end)", ["Host: evil.example"]),
                    request(host: "user@localhost\(end)"),
                    request("GET", "http://evil.example\(path)", host: "localhost\(end)"),
                ],
                codes: ["missing-host", "repeated-host", "invalid-host", "host-malformed", "host-not-served"],
                mend: unexpected),
        ]
    }

    private static func pages(_ host: String) -> [DoctorAttack] {
        let evil = "Origin: https://evil.example"
        let mend = "take evil.example out of origins"
        return [
            DoctorAttack(
                what: "pages of foreign origins",
                requests: ["GET", "POST", "DELETE"].map { request($0, host: host, [evil, "Sec-Fetch-Mode: cors"]) },
                codes: ["origin-not-allowed", "simple-request-csrf"], mend: mend),
            DoctorAttack(
                what: "sandboxed pages and local files (Origin: null)",
                requests: ["GET", "POST"].map { request($0, host: host, ["Origin: null"]) }, codes: ["opaque-origin"],
                mend: unexpected),
            DoctorAttack(
                what: "preflights of foreign origins",
                requests: ["GET", "POST", "DELETE"].map {
                    request(
                        "OPTIONS", host: host,
                        [
                            evil, "Access-Control-Request-Method: \($0)",
                            "Access-Control-Request-Headers: authorization",
                            "Access-Control-Request-Private-Network: true",
                        ])
                }, codes: ["origin-not-allowed"], mend: mend),
            DoctorAttack(
                what: "images, scripts and links of other sites",
                requests: ["cross-site", "same-site"].flatMap { site in
                    ["no-cors", "navigate"].map {
                        request(host: host, ["Sec-Fetch-Site: \(site)", "Sec-Fetch-Mode: \($0)"])
                    }
                }, codes: ["cross-site"], mend: unexpected),
            DoctorAttack(
                what: "forms of other sites",
                requests: ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"].map {
                    request("POST", host: host, [evil, "Content-Type: \($0)"], body: "q=SELECT+1")
                }, codes: ["simple-request-csrf"], mend: mend),
        ]
    }

    private static func paths(_ host: String) -> [DoctorAttack] {
        let crooked = [
            "/v3/../v3/nothing", "/v3/./nothing", "/v3/%2e%2e/nothing", "/v3/..%2fnothing", "/v3/%2e%2e%2fnothing",
            "//evil.example/v3", "/v3//nothing", "/v3/..;/nothing", "/v3/a%5c..%5cnothing", "/v3/a%00",
            "/v3/%252e%252e/nothing", "/v3/%c0%ae%c0%ae/nothing", "/v3/no%74hing",
        ]
        return [
            DoctorAttack(
                what: "paths with a second reading", requests: crooked.map { request("GET", $0, host: host) },
                codes: [
                    "path-leading-double-slash", "path-empty-segment", "path-dot-segment", "path-trimmed-segment",
                    "path-backslash", "path-semicolon", "path-forbidden-byte", "path-percent-malformed",
                    "path-encoded-dot", "path-encoded-slash", "path-encoded-backslash", "path-encoded-control",
                    "path-encoded-semicolon", "path-encoded-delimiter", "path-encoded-unreserved",
                    "path-doubly-encoded", "path-not-utf8",
                ], mend: unexpected),
            DoctorAttack(
                what: "unknown routes", requests: ["GET", "POST"].map { request($0, host: host) },
                codes: ["route-unknown"], mend: "take the route that matches \(path) out of routes"),
        ]
    }

    private static func messages(_ host: String) -> [DoctorAttack] {
        let start = "POST \(path) HTTP/1.1\r\nHost: \(host)\r\n"
        let crooked = [
            start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            start + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", start + "Content-Length : 4\r\n\r\nabcd",
            start + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", start + "X: a\r\n b\r\n\r\n",
            start + "X: a\nY: b\r\n\r\n", start + "X: a\u{0}\r\n\r\n",
            "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
            "TRACE \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n",
        ]
        return [
            DoctorAttack(
                what: "messages two servers read differently", requests: crooked.map { Array($0.utf8) },
                codes: [
                    "content-length-with-transfer-encoding", "repeated-content-length", "whitespace-before-colon",
                    "unsupported-transfer-coding", "folded-line", "bare-line-feed", "control-byte",
                    "method-not-implemented", "malformed-transfer-encoding", "chunked-not-final",
                    "target-form-not-for-method",
                ], mend: unexpected)
        ]
    }
}
