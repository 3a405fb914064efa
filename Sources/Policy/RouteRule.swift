/// One entry of a route table as it was written: what is `nil` was not stated.
///
/// Keys of an entry, and the fields they are decoded into:
///
/// | key | value | field, and what holds when it is not stated |
/// |---|---|---|
/// | `match` | methods and path template, see ``MatchPattern`` | ``pattern``; required |
/// | `name` | letters, digits, `-`, `.`, `_` | ``name``; the name of the built-in row it narrows, else `configured` |
/// | `api` | the same | ``api``; for grouping and metrics, else `other` |
/// | `upstream` | `api`, `accounts`, `ai` | ``upstream``; `api` |
/// | `token` | `any`, `oauth`, `none` | ``token``; `any` |
/// | `access` | `allow`, `deny` | ``access``; `allow` |
/// | `because` | text | ``because``; why it is denied, told to the client |
/// | `safe` | boolean | ``isSafe``; may be sent twice: GET and HEAD may, others not |
/// | `reads` | `always`, `never`, `sql`, `sql-if-any` | ``reads``; GET and HEAD `always`, others `never` |
/// | `statement` | `q`, `query`, `source` | ``statement``; where the SQL is: `q` |
/// | `rewrite` | `none`, `maps` | ``rewrite``; `none` |
/// | `stream` | boolean | ``isEventStream``; an event stream, passed on unbuffered: no |
/// | `answer_timeout` | seconds, 1 to 86400 | ``answerTimeoutSeconds``; the general one |
/// | `credential` | the name of a configured credential | ``credential``; the general one |
///
/// A configured rule takes what it does not state from the built-in row it replaces or narrows (the
/// most specific one, of the same method, that matches every path the rule matches). So
/// `- { match: "POST /v3/tokens", access: allow }` opens that route and leaves all else about it
/// as it was. A rule that narrows no row gets the values above.
package struct RouteRule: Hashable, Sendable {
    package var pattern: MatchPattern
    package var name: String?
    package var api: String?
    package var upstream: UpstreamName?
    package var token: TokenKind?
    package var access: AccessWord?
    package var because: String?
    package var isSafe: Bool?
    package var reads: ReadsWord?
    package var statement: StatementMember?
    package var rewrite: AnswerRewrite?
    package var isEventStream: Bool?
    package var answerTimeoutSeconds: Int?
    package var credential: String?
    package var origin: RuleOrigin

    package init(pattern: MatchPattern, origin: RuleOrigin) {
        self.pattern = pattern
        self.origin = origin
    }

    package static let maximumNameLength = 64
    package static let maximumAnswerTimeout = 86_400

    /// What is wrong with this rule by itself.
    package var errors: [PolicyError] {
        var errors: [PolicyError] = []
        for name in [name, api, credential] {
            if let name, !Self.isPlainName(name) { errors.append(.nameNotPlain(name)) }
        }
        if let seconds = answerTimeoutSeconds, seconds < 1 || seconds > Self.maximumAnswerTimeout {
            errors.append(.answerTimeoutOutOfRange(seconds))
        }
        return errors
    }

    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= maximumNameLength
            && name.utf8.allSatisfy { PathByte.isUnreserved($0) && $0 != UInt8(ascii: "~") }
    }
}
