/// A key with a fixed set of words for values.
package protocol Choice: RawRepresentable, CaseIterable, Equatable, Sendable where RawValue == String {}

/// How log records are written to standard error.
package enum LogFormat: String, Choice { case text, json }

/// The least severe records that are written.
package enum LogLevel: String, Choice { case trace, debug, info, notice, warning, error }

/// Which token is used where a route takes either.
package enum TokenPreference: String, Choice {
    /// The one that grants less.
    case apiAccessToken = "api_access_token"
    case oauth
}

/// How an OAuth client proves itself to the token endpoint (RFC 6749 §2.3.1).
package enum TokenAuthentication: String, Choice { case body, basic }

/// Whether clients of TLS listeners have to show a certificate, where authorities for such are configured.
package enum ClientCertificates: String, Choice { case required, optional }

/// What a client has to show.
package enum ClientCredential: String, Choice {
    /// Nothing: whoever can connect is let in.
    case none
    /// One of the keys made with `cartouche keys add`.
    case keys
}

/// What becomes of requests while the audit log cannot be written.
package enum AuditFailure: String, Choice {
    case refuse
    case serve
}
