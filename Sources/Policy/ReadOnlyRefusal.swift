/// Why `read_only` does not let a request through. Texts are fixed: none repeats what was sent.
package enum ReadOnlyRefusal: Error, Equatable, Sendable {
    /// Whatever such a request says, it may write.
    case routeWrites
    case statementMissing
    case statementRepeated
    /// Something that is the statement to some servers, and not to others.
    case statementAmbiguous
    case statementNotText
    /// Something beside the statement that could be made part of one.
    case valueMayWrite
    case bodyUnreadable
    case bodyTooLarge
    case sql(SQLRefusal)

    package var code: String { "read-only" }

    package var explanation: String { "this proxy is read-only, and \(reason)" }

    /// What speaks against the request, whether `read_only` is on or not.
    package var reason: String {
        switch self {
        case .routeWrites: "requests of this route can write"
        case .statementMissing: "the request has no SQL statement to judge it by"
        case .statementRepeated: "the request gives its SQL statement twice"
        case .statementAmbiguous: "the request has a parameter that may be a second SQL statement"
        case .statementNotText: "the request's SQL statement is no well-formed text"
        case .valueMayWrite: "the request has a value beside its SQL statement that could make a statement write"
        case .bodyUnreadable: "the request's body cannot be searched for its SQL statement"
        case .bodyTooLarge: "the request's body is too large to be searched"
        case .sql(let refusal): refusal.explanation
        }
    }

    package var hint: String {
        switch self {
        case .routeWrites: "Set read_only: false to allow requests that can write."
        case .statementMissing, .statementRepeated, .statementAmbiguous:
            "Give the statement once, in the query or in the body, under the name the API documents."
        case .statementNotText: "Percent-encode the statement as UTF-8 (% itself as %25), or send it as a JSON string."
        case .valueMayWrite:
            "Give data in queryParameters, which may hold anything. Other values of more than one word must not have "
                + "a word such as INSERT, SET or CALL, a semicolon or a backslash; filters only not beside a quote."
        case .bodyUnreadable:
            "Send the body uncompressed, in UTF-8, as application/json (one object) or "
                + "application/x-www-form-urlencoded, and say so in Content-Type."
        case .bodyTooLarge: "Send a shorter body, or set read_only: false."
        case .sql(let refusal): "\(refusal.hint)."
        }
    }
}
