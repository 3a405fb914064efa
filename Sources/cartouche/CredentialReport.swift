import Configuration
import Credentials
import TokenStore

/// What is known of one credential's token without asking anybody. It holds no token.
struct CredentialReport {
    private enum State: String {
        /// A token that can be used, on disk.
        case kept
        /// None is on disk: the next run fetches one.
        case none
        /// A token given as it is.
        case given
        case ending
        case expired
    }

    private struct Finding {
        var state: State
        var remainingSeconds: Int64?
        /// Since the token was asked for.
        var ageSeconds: Int64?
        /// More, for people.
        var remark: String?
    }

    private let name: String
    private let kind: CredentialKind
    private let source: String
    private let finding: Finding

    init(_ credential: CredentialSettings, store: TokenStore?) {
        name = credential.name
        kind = credential.kind
        source = "\(credential.secret.source)"
        switch credential.substance {
        case .oauthClient(let client, let loaded):
            finding = Self.find(TokenCacheKey(of: client), loaded, in: store, at: .current)
        case .apiAccessToken(let loaded), .oauthAccessToken(let loaded):
            finding = Self.find(loaded, kind, at: .current)
        }
    }

    private static func find(
        _ key: TokenCacheKey, _ loaded: LoadedSecret, in store: TokenStore?, at now: Instant
    ) -> Finding {
        guard let store else { return Finding(state: .none, remark: "tokens are not kept on disk") }
        do throws(TokenStoreError) {
            let grant = try store.token(for: key, secret: loaded.secret, at: now, limits: TokenLimits())
            return Finding(
                state: .kept, remainingSeconds: (grant.expiresAtBoot - now.boot).wholeSeconds,
                ageSeconds: (now.boot - grant.sentAt.boot).wholeSeconds)
        } catch {
            if error == .record(.expired) { return Finding(state: .expired) }
            return Finding(state: .none, remark: error == .file(.absent) ? nil : "what is there \(error.explanation)")
        }
    }

    private static func find(_ loaded: LoadedSecret, _ kind: CredentialKind, at now: Instant) -> Finding {
        guard let token = try? StaticToken(loaded.secret, kind: kind) else {
            return Finding(state: .none, remark: "it cannot be sent")
        }
        return switch token.standing(at: now) {
        case .unlimited: Finding(state: .given)
        case .valid(let seconds): Finding(state: .given, remainingSeconds: seconds)
        case .expiring(let seconds): Finding(state: .ending, remainingSeconds: seconds)
        case .expired: Finding(state: .expired, remainingSeconds: 0)
        }
    }

    // MARK: Text

    static func text(_ reports: [CredentialReport], asJSON: Bool) -> String {
        asJSON
            ? "[" + reports.map(\.json).joined(separator: ",") + "]" : reports.map(\.line).joined(separator: "\n")
    }

    private var line: String {
        var text = "\(name): \(kind.shown), from \(source): \(stateText)"
        if let age = finding.ageSeconds { text += ", \(TimeSpan.text(age)) old" }
        if let remark = finding.remark { text += " (\(remark))" }
        return text
    }

    private var stateText: String {
        let rest = finding.remainingSeconds.map(TimeSpan.text)
        return switch finding.state {
        case .kept: "token on disk, valid for \(rest ?? "")"
        case .none: "no token on disk"
        case .given: rest.map { "valid for \($0)" } ?? "no end known"
        case .ending: "ends in \(rest ?? "")"
        case .expired: kind == .oauthClient ? "the token on disk has expired" : "expired"
        }
    }

    private var json: String {
        func number(_ value: Int64?) -> String { value.map(String.init) ?? "null" }
        return "{\"credential\":\(Self.quoted(name)),\"kind\":\"\(kind.key)\",\"source\":\(Self.quoted(source)),"
            + "\"state\":\"\(finding.state.rawValue)\",\"age_s\":\(number(finding.ageSeconds)),"
            + "\"remaining_s\":\(number(finding.remainingSeconds)),"
            + "\"remark\":\(finding.remark.map(Self.quoted) ?? "null")}"
    }

    /// A JSON string.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
