import Configuration
import ClientKeys
import Credentials
import JSON
import Policy
import Proxy

/// An explanation, for people and for programs.
struct ExplainReport {
    let explanation: Explanation
    let settings: Settings
    let method: String

    // MARK: For people

    var text: String {
        var rows = [["request", "\(method): \(outcomeText)"]]
        if case .refused(let failure) = explanation.outcome {
            rows.append(["hint", failure.hint])
            rows.append(["error code", "\(failure.code) (\(failure.status))"])
        }
        if let route = explanation.route { rows += routeRows(route) }
        if let key = explanation.key { rows.append(["key", "\(key.name), for \(key.scope.text)"]) }
        if let url = explanation.url { rows.append(["sent to", url]) }
        if let credential = explanation.credential {
            rows.append(["credential", "\(credential.name) (\(credential.kind.text))"])
        }
        if explanation.url != nil {
            rows.append(["taken out", listed(removed, otherwise: "nothing")])
            rows.append(["put in", listed(explanation.addedFields.map { "\($0.name): \($0.value)" }, otherwise: "nothing")])
        }
        if let reading = explanation.reading {
            rows.append(["read_only", "\(settings.readOnly ? "on" : "off"): \(text(of: reading))"])
        }
        if let route = explanation.route { rows.append(["web pages", admissionText(route)]) }
        return TextTable(rows).description
    }

    /// By the configuration or by the key.
    private var isReadOnly: Bool { settings.readOnly || explanation.key?.scope.isReadOnly == true }

    private var outcomeText: String {
        switch explanation.outcome {
        case .forwarded where isReadOnly && explanation.reading == .decidedByBody:
            "forwarded, if its body only reads"
        case .forwarded: "forwarded"
        case .preflightAnswered: "answered by the proxy: a browser's question before the request itself"
        case .answeredHere: "answered by the proxy itself"
        case .refused(let failure): "refused: \(failure.error)"
        }
    }

    private func routeRows(_ route: Route) -> [[String]] {
        var rows = [
            ["route", "\(route.name): \(route.methods.patternText) \(route.template)"],
            ["decided by", "\(route.origin)"],
        ]
        if let inherited = route.inherited { rows.append(["the rest from", "\(inherited)"]) }
        if let other = explanation.overruled { rows.append(["overrules", "\(other.origin) (\(other.access.word))"]) }
        rows.append(["token", tokenText(route.token)])
        if route.rewrite == .maps { rows.append(["answer", "URLs of the API in it lead back to the proxy"]) }
        if route.isEventStream { rows.append(["answer", "an event stream, passed on as it comes"]) }
        return rows
    }

    private func tokenText(_ kind: TokenKind) -> String {
        switch kind {
        case .any: "any: an API Access Token, or an OAuth access token"
        case .oauth: "oauth: an OAuth access token only"
        case .none: "none: the route is public"
        }
    }

    private func text(of reading: Explanation.Reading) -> String {
        switch reading {
        case .reads: "the request only reads"
        case .decidedByBody: "the body decides"
        case .refused(let refusal): "refused with it, as \(refusal.reason)"
        }
    }

    private func admissionText(_ route: Route) -> String {
        let isDefault = settings.origins == OriginPattern.loopback
        if route.token == .oauth, isDefault { return "none: this route is open to origins listed under origins only" }
        return settings.origins.isEmpty ? "none" : "of \(settings.origins.map(\.description).joined(separator: ", "))"
    }

    private var removed: [String] {
        explanation.removedFields + explanation.removedParameters.map { "the parameter \($0)" }
    }

    private func listed(_ texts: [String], otherwise: String) -> String {
        texts.isEmpty ? otherwise : texts.joined(separator: ", ")
    }

    // MARK: For programs

    var value: JSONValue {
        .object([
            "outcome": .string(outcomeWord),
            "error": failureValue,
            "route": explanation.route.map(RoutesCommand.value) ?? .null,
            "overrules": .optional(explanation.overruled.map { "\($0.origin)" }),
            "key": .optional(explanation.key?.name),
            "credential": .optional(explanation.credential?.name),
            "credential_kind": .optional(explanation.credential?.kind.word),
            "url": .optional(explanation.url),
            "removed_fields": .strings(explanation.removedFields),
            "removed_parameters": .strings(explanation.removedParameters),
            "added_fields": .array(
                explanation.addedFields.map { .object(["name": .string($0.name), "value": .string($0.value)]) }),
            "read_only": .object([
                "on": .boolean(settings.readOnly), "verdict": .optional(explanation.reading.map(word)),
            ]),
        ])
    }

    private var outcomeWord: String {
        switch explanation.outcome {
        case .forwarded: "forwarded"
        case .preflightAnswered: "preflight"
        case .answeredHere: "answered-here"
        case .refused: "refused"
        }
    }

    private var failureValue: JSONValue {
        guard case .refused(let failure) = explanation.outcome else { return .null }
        return .object([
            "error": .string(failure.error), "status": .number(failure.status), "code": .string(failure.code),
            "hint": .string(failure.hint),
        ])
    }

    private func word(_ reading: Explanation.Reading) -> String {
        switch reading {
        case .reads: "reads"
        case .decidedByBody: "body-decides"
        case .refused: "may-write"
        }
    }
}

extension CredentialKind {
    var word: String {
        switch self {
        case .apiAccessToken: "api_access_token"
        case .oauthClient: "oauth_client"
        case .staticOAuth: "oauth_access_token"
        }
    }

    var text: String {
        switch self {
        case .apiAccessToken: "an API Access Token"
        case .oauthClient: "tokens of an OAuth client"
        case .staticOAuth: "an OAuth access token"
        }
    }
}
