/// Which of CARTO's hosts a route leads to. Raw values are the words of the policy file.
package enum UpstreamName: String, CaseIterable, Hashable, Sendable {
    case api, accounts, ai
}

/// What kind of token a route is called with.
package enum TokenKind: String, CaseIterable, Hashable, Sendable {
    /// An API Access Token where one is configured (it can do less), else an OAuth token.
    case any
    /// Only an OAuth token works.
    case oauth
    /// Public: sent without a credential.
    case none
}

/// The words of the key `access`.
package enum AccessWord: String, CaseIterable, Hashable, Sendable {
    case allow, deny
}

/// Whether requests of a route are forwarded.
package enum Access: Hashable, Sendable {
    case allow
    /// Refused, with the reason given to the client.
    case deny(because: String)
}

/// Whether answers are searched for URLs, and by which rules.
package enum AnswerRewrite: String, CaseIterable, Hashable, Sendable {
    case none
    /// Map instantiations and TileJSON: the members that hold URLs of the API.
    case maps
}

/// The words of the key `reads`.
package enum ReadsWord: String, CaseIterable, Hashable, Sendable {
    case always, never, sql
    case sqlIfAny = "sql-if-any"
}

/// The member (of a JSON body, a form or the query) that holds SQL: the words of the key `statement`.
package enum StatementMember: String, CaseIterable, Hashable, Sendable {
    case q, query
    /// SQL or the name of a table.
    case source
}

/// Whether a request only reads, for `read_only` mode. Never concluded from the method alone.
package enum Reads: Hashable, Sendable {
    case always, never
    /// It reads if its statement does (``SQLReadOnly``). A request in which the statement is missing,
    /// given twice, or in a body that cannot be read, counts as writing.
    case ifStatement(StatementMember)
    /// The same, but a request without a statement reads.
    case ifAnyStatement(StatementMember)
}
