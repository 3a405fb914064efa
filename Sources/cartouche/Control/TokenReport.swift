import Credentials
import JSON
import Proxy

/// What a running instance knows of one credential's token.
struct TokenReport {
    let status: CredentialStatus
    /// Where its secret comes from.
    let source: String?
    /// On the boot clock, in nanoseconds.
    let now: Int64

    static func text(_ reports: [TokenReport]) -> String { reports.map { $0.line + "\n" }.joined() }

    static func json(_ reports: [TokenReport]) -> String { JSONValue.array(reports.map(\.value)).text }

    private func secondsSince(_ instant: Instant?) -> Int? {
        instant.map { Int(clamping: (Nanoseconds(now) - $0.boot).wholeSeconds) }
    }

    // MARK: Text

    private var line: String {
        var text = "\(status.name): \(status.kind.shown)"
        if let source { text += ", from \(source)" }
        switch status.standing {
        case .given(let standing, let generation):
            switch standing {
            case .unlimited: text += ": no end known"
            case .valid(let seconds): text += ": valid for \(TimeSpan.text(seconds))"
            case .expiring(let seconds): text += ": ends in \(TimeSpan.text(seconds))"
            case .expired: text += ": expired"
            }
            text += ", generation \(generation)"
        case .fetched(let token):
            text += ": \(token.state.rawValue)"
            if let rest = token.remaining { text += ", valid for \(TimeSpan.text(rest.wholeSeconds))" }
            if let age = token.age { text += ", \(TimeSpan.text(age.wholeSeconds)) old" }
            text += ", generation \(token.generation)"
            if let ago = secondsSince(token.lastRefresh) { text += ", refreshed \(TimeSpan.text(Int64(ago))) ago" }
            if let failure = token.lastFailure {
                text += "; last error"
                if let ago = secondsSince(token.lastFailureAt) { text += " \(TimeSpan.text(Int64(ago))) ago" }
                text += ": \(failure)"
            }
        }
        return text
    }

    // MARK: JSON

    var value: JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "credential", value: .string(status.name)),
            .init(name: "kind", value: .string(status.kind.key)), .init(name: "source", value: .optional(source)),
        ]
        switch status.standing {
        case .given(let standing, let generation):
            let (state, rest): (String, Int64?) =
                switch standing {
                case .unlimited: ("given", nil)
                case .valid(let seconds): ("given", seconds)
                case .expiring(let seconds): ("ending", seconds)
                case .expired: ("expired", 0)
                }
            members += [
                .init(name: "state", value: .string(state)), .init(name: "age_s", value: .null),
                .init(name: "remaining_s", value: Self.number(rest.map { Int(clamping: $0) })),
                .init(name: "generation", value: .number(Int(clamping: generation))),
            ]
        case .fetched(let token):
            members += [
                .init(name: "state", value: .string(token.state.rawValue)),
                .init(name: "age_s", value: Self.number(token.age.map { Int(clamping: $0.wholeSeconds) })),
                .init(name: "remaining_s", value: Self.number(token.remaining.map { Int(clamping: $0.wholeSeconds) })),
                .init(name: "generation", value: .number(Int(clamping: token.generation))),
                .init(name: "refreshed_s_ago", value: Self.number(secondsSince(token.lastRefresh))),
                .init(name: "token_requests", value: .number(Int(clamping: token.fetches))),
                .init(name: "failures_in_a_row", value: .number(token.consecutiveFailures)),
                .init(name: "last_error", value: .optional(token.lastFailure?.description)),
                .init(name: "last_error_s_ago", value: Self.number(secondsSince(token.lastFailureAt))),
            ]
        }
        return .object(members)
    }

    private static func number(_ value: Int?) -> JSONValue { value.map { .number($0) } ?? .null }
}

extension CredentialKind {
    /// For people.
    var shown: String {
        switch self {
        case .oauthClient: "OAuth client"
        case .apiAccessToken: "API Access Token"
        case .staticOAuth: "OAuth access token"
        }
    }

    /// For programs: as the keys of the configuration name it.
    var key: String {
        switch self {
        case .oauthClient: "oauth_client"
        case .apiAccessToken: "api_access_token"
        case .staticOAuth: "oauth_access_token"
        }
    }
}
