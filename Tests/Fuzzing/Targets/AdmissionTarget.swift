import Admission
import Wire

/// The input is field lines; who is let in by them is judged once more, by plain comparison of texts.
enum AdmissionTarget {
    private struct Rules {
        var rules = AdmissionRules()
        var hosts: [String] = []
        var origins: [String] = []
        var oauthOrigins: [String] = []
    }

    static func check(_ input: [UInt8]) throws(Violation) {
        var draw = Draw(input)
        let method = draw.pick(["GET", "POST", "OPTIONS", "DELETE"])
        let isTLS = draw.chance(4)
        let head = Array("\(method) /v3/sql HTTP/1.1\r\n".utf8) + input + Array("\r\n\r\n".utf8)
        var parsed = RequestHead()
        if (try? parsed.parse(head.span)) != nil {
            for rules in try allRules() { try check(parsed, rules, isTLS: isTLS) }
        }
        try checkPatterns(text(input))
    }

    private static func allRules() throws(Violation) -> [Rules] {
        do throws(AdmissionError) {
            let listed = ["https://app.example.com", "http://dev.example:8080"]
            let patterns = [try OriginPattern.parse(listed[0]), try OriginPattern.parse(listed[1])]
            return [
                Rules(rules: AdmissionRules(origins: [], oauthOrigins: [])),
                Rules(
                    rules: AdmissionRules(
                        servedNames: [try ServedName.parse("proxy.example.com:8443")], origins: patterns,
                        oauthOrigins: [patterns[0]]),
                    hosts: ["proxy.example.com:8443"], origins: listed, oauthOrigins: [listed[0]]),
            ]
        } catch {
            throw Violation(description: "the rules are well-formed: \(error)")
        }
    }

    private static func check(_ head: RequestHead, _ rules: Rules, isTLS: Bool) throws(Violation) {
        guard case .admitted(let visitor) = rules.rules.admit(head, at: .tcp(port: 22786, isTLS: isTLS)) else { return }
        let fields = FieldText.all(in: head)
        func values(_ name: String) -> [String] {
            fields.filter { text($0.name).lowercased() == name }.map { text($0.value) }
        }
        guard let host = values("host").first, values("host").count == 1 else {
            throw Violation(description: "who is let in named one host")
        }
        let lower = host.lowercased()
        try require(isLoopback(lower) || rules.hosts.contains(lower), "who is let in named a host of ours: \(host)")
        try require(
            head.storage[visitor.authority.range].elementsEqual(host.utf8), "the host that was checked is the one used")
        let origins = values("origin")
        try require(origins.count <= 1, "there is one origin at most")
        if let origin = origins.first {
            let own = (isTLS ? "https://" : "http://") + lower
            try require(origin == own || rules.origins.contains(origin), "only listed pages are let in: \(origin)")
        } else if let site = values("sec-fetch-site").first {
            try require(["none", "same-origin"].contains(site), "a page that hides its origin is not let in")
        }
        try check(visitor, head, rules, origins.first)
    }

    private static func check(
        _ visitor: Visitor, _ head: RequestHead, _ rules: Rules, _ origin: String?
    ) throws(Violation) {
        switch rules.rules.decide(visitor, for: .oauthOnly, of: head) {
        case .refused: break
        case .admitted(let grant):
            try check(grant, head, origin)
            if let origin { try require(rules.oauthOrigins.contains(origin), "only listed pages reach these routes") }
        case .preflight(let answer):
            try check(answer.grant, head, origin)
            try require(head.method == .options, "only OPTIONS asks")
        }
    }

    private static func check(_ grant: CORSGrant?, _ head: RequestHead, _ origin: String?) throws(Violation) {
        let granted = grant.map { text(head.storage[$0.origin.range]) }
        try require(granted == origin, "the grant is for the page that asked")
        var answer: [UInt8] = []
        CORSFields.append(grant, of: head, to: &answer)
        try require(!answer.contains(UInt8(ascii: "*")), "no grant is for all")
        let lines = answer.count { $0 == 0x0A }
        try require(
            lines == (grant == nil ? 1 : 3) || grant != nil && lines == 2, "a grant adds no line of the client's")
    }

    /// `localhost`, `127.0.0.1` or `[::1]` with any port there is.
    private static func isLoopback(_ host: String) -> Bool {
        for name in ["localhost", "127.0.0.1", "[::1]"] where host.hasPrefix(name) {
            let rest = host.utf8.dropFirst(name.utf8.count)
            if rest.isEmpty { return true }
            guard rest.first == UInt8(ascii: ":"), let port = Int(text(rest.dropFirst())) else { return false }
            return (1...65_535).contains(port) && text(rest.dropFirst()) == String(port)
        }
        return false
    }

    // MARK: Configured names

    /// What can be listed lets in what browsers make of it.
    private static func checkPatterns(_ text: String) throws(Violation) {
        if let pattern = try? OriginPattern.parse(text) {
            var origin = text.lowercased()
            for (scheme, port) in [("http", ":80"), ("https", ":443")]
            where origin.hasPrefix(scheme + "://") && origin.hasSuffix(port) {
                origin.removeLast(port.count)
            }
            if origin.hasSuffix(":*") { origin = origin.dropLast(2) + ":4711" }
            let rules = AdmissionRules(origins: [pattern])
            try require(
                isAdmitted(rules, ["Host: localhost", "Origin: " + origin]), "a listed page is let in: \(origin)")
            try require(
                !isAdmitted(rules, ["Host: localhost", "Origin: " + origin + ".evil.example"]), "others are not")
            try require(!isAdmitted(rules, ["Host: localhost", "Origin: x" + origin]), "others are not")
        }
        if let name = try? ServedName.parse(text) {
            let rules = AdmissionRules(servedNames: [name])
            try require(isAdmitted(rules, ["Host: " + text]), "a listed name is served: \(text)")
            if !isLoopback(text.lowercased()) {
                try require(!isAdmitted(AdmissionRules(), ["Host: " + text]), "others are not")
            }
        }
    }

    private static func isAdmitted(_ rules: AdmissionRules, _ fields: [String]) -> Bool {
        let head = Array((["GET / HTTP/1.1"] + fields + ["", ""]).joined(separator: "\r\n").utf8)
        var parsed = RequestHead()
        guard (try? parsed.parse(head.span)) != nil,
            case .admitted = rules.admit(parsed, at: .tcp(port: 22786, isTLS: false))
        else { return false }
        return true
    }
}
