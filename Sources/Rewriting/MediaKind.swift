/// What a `Content-Type` (RFC 9110 §8.3) says about a body, as far as looking into it goes.
package enum MediaKind: Equatable, Sendable {
    /// `application/json`, `text/json` or a type with the suffix `+json` (RFC 6839 §3.1).
    case json
    /// Another type made of text, in which a secret could be read; also a body of no stated type.
    case text
    /// Everything else: tiles, images, archives.
    case opaque

    /// - Parameter contentType: the field's value; empty when there is none.
    package init(contentType: Span<UInt8>) {
        var end = 0
        var slash = contentType.count
        while end < contentType.count, contentType[end] != UInt8(ascii: ";"), contentType[end] > 0x20 {
            if contentType[end] == UInt8(ascii: "/"), slash == contentType.count { slash = end }
            end &+= 1
        }
        guard slash < end else {
            self = .text
            return
        }
        let type = contentType.extracting(0..<slash)
        let subtype = contentType.extracting(slash &+ 1..<end)
        let isText = type.equalsIgnoringCase("text")
        if subtype.endsIgnoringCase(with: "+json") {
            self = .json
        } else if subtype.equalsIgnoringCase("json") {
            self = isText || type.equalsIgnoringCase("application") ? .json : .text
        } else if isText || subtype.endsIgnoringCase(with: "+xml") {
            self = .text
        } else if type.equalsIgnoringCase("application"), Self.isTextual(subtype) {
            self = .text
        } else {
            self = .opaque
        }
    }

    // Types under `application` that are text without saying so.
    private static func isTextual(_ subtype: Span<UInt8>) -> Bool {
        subtype.equalsIgnoringCase("xml") || subtype.equalsIgnoringCase("javascript")
            || subtype.equalsIgnoringCase("ecmascript") || subtype.equalsIgnoringCase("x-www-form-urlencoded")
            || subtype.equalsIgnoringCase("x-ndjson") || subtype.equalsIgnoringCase("ndjson")
            || subtype.equalsIgnoringCase("json-seq") || subtype.equalsIgnoringCase("jsonl")
            || subtype.equalsIgnoringCase("x-jsonlines") || subtype.equalsIgnoringCase("yaml")
            || subtype.equalsIgnoringCase("x-yaml") || subtype.equalsIgnoringCase("graphql")
            || subtype.equalsIgnoringCase("sql") || subtype.equalsIgnoringCase("csv")
    }
}

extension Span<UInt8> {
    /// - Parameter text: in lower case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && endsIgnoringCase(with: text)
    }

    /// - Parameter text: in lower case.
    func endsIgnoringCase(with text: StaticString) -> Bool {
        let start = count &- text.utf8CodeUnitCount
        guard start >= 0 else { return false }
        for index in start..<count where unsafe self[index].asciiLowercased != text.utf8Start[index &- start] {
            return false
        }
        return true
    }
}
