import JSON
import Secrets

/// The members of a token answer that matter, in success (RFC 6749 §5.1) or failure (§5.2).
struct TokenAnswerMembers {
    private(set) var token: [UInt8] = []
    private(set) var hasToken = false
    private(set) var tokenType: [UInt8]?
    /// Seconds; nil where it is missing or cannot be read, as the token may be good all the same.
    private(set) var expiresIn: Int64?
    private(set) var error: [UInt8]?
    private(set) var errorDescription: [UInt8]?

    private enum Name: String, CaseIterable {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case error
        case errorDescription = "error_description"
    }

    mutating func wipeToken() { wipe(&token) }

    /// Keeps what it had read when it throws: a broken body may still have named its error.
    mutating func read(_ body: Span<UInt8>) throws(MalformedAnswer) {
        var reader = JSONReader(depthLimit: TokenLimits.jsonDepth)
        var seen: Set<Name> = []
        guard try event(&reader, body) == .objectStart else { throw .notAnObject }
        while true {
            switch try event(&reader, body) {
            case .name(let range):
                let name = Name.allCases.first { JSONString.equals(body, range, $0.rawValue) }
                if let name, !seen.insert(name).inserted { throw .memberRepeated }
                let value = try event(&reader, body)
                switch value {
                case .objectStart, .arrayStart: try skip(&reader, body)
                case .string, .number, .boolean, .null: if let name { keep(name, value, body) }
                case .objectEnd, .arrayEnd, .name, .end: throw .notJSON
                }
            case .objectEnd:
                guard try event(&reader, body) == .end else { throw .notJSON }
                return
            case .objectStart, .arrayStart, .arrayEnd, .string, .number, .boolean, .null, .end: throw .notJSON
            }
        }
    }

    private mutating func keep(_ name: Name, _ value: JSONReader.Event, _ body: Span<UInt8>) {
        switch (name, value) {
        case (.accessToken, .string(let range)):
            guard let text = JSONString.decoded(body, range) else { return }
            token = text
            hasToken = true
        case (.tokenType, .string(let range)): tokenType = JSONString.decoded(body, range)
        case (.expiresIn, .number(let range)): expiresIn = DecimalNumber.integerPart(body.extracting(range))
        case (.expiresIn, .string(let range)): expiresIn = DecimalNumber.quoted(body.extracting(range))
        case (.error, .string(let range)): error = JSONString.decoded(body, range)
        case (.errorDescription, .string(let range)): errorDescription = JSONString.decoded(body, range)
        case (.accessToken, _), (.tokenType, _), (.expiresIn, _), (.error, _), (.errorDescription, _): break
        }
    }

    private func event(_ reader: inout JSONReader, _ body: Span<UInt8>) throws(MalformedAnswer) -> JSONReader.Event {
        do { return try reader.next(body) } catch { throw rule(error, body) }
    }

    private func skip(_ reader: inout JSONReader, _ body: Span<UInt8>) throws(MalformedAnswer) {
        do { try reader.skipContainer(body) } catch { throw rule(error, body) }
    }

    private func rule(_ fault: JSONFault, _ body: Span<UInt8>) -> MalformedAnswer {
        switch fault {
        case .nestedTooDeep: .nestedTooDeep
        case .notJSON: looksLikeMarkup(body) ? .webPageInsteadOfJSON : .notJSON
        }
    }

    private func looksLikeMarkup(_ body: Span<UInt8>) -> Bool {
        for index in body.indices {
            switch body[index] {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "<"): return true
            default: return false
            }
        }
        return false
    }
}
