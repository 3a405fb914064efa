/// All credentials by name, and the ordered rules that choose between them.
///
/// The first rule that covers a request decides, even if its credentials cannot serve the route: falling
/// through to a later rule would answer with rights the rule was written to keep away.
package struct CredentialBook: Sendable {
    package struct Entry: Equatable, Sendable {
        package var name: String
        package var kind: CredentialKind

        package init(name: String, kind: CredentialKind) {
            self.name = name
            self.kind = kind
        }
    }

    package let entries: [Entry]
    private let prefersOAuth: Bool
    private let rules: [(rule: CredentialRule, picks: Picks)]
    private let defaults: Picks

    /// Indices into `entries`: at most one credential of each sort serves a request.
    private struct Picks {
        var apiAccessToken: Int?
        var oauth: Int?
    }

    /// - Parameters:
    ///   - rules: in the order of the configuration.
    ///   - defaults: names of the credentials for requests no rule covers.
    package init(
        entries: [Entry], rules: [CredentialRule] = [], defaults: [String], prefersOAuth: Bool = false
    ) throws(CredentialBookError) {
        for (index, entry) in entries.enumerated() where Self.index(of: entry.name, in: entries) != index {
            throw .nameRepeated(entry.name)
        }
        self.entries = entries
        self.prefersOAuth = prefersOAuth
        self.defaults = try Self.picks(defaults, entries)
        var resolved: [(rule: CredentialRule, picks: Picks)] = []
        for rule in rules { resolved.append((rule, try Self.picks(rule.credentials, entries))) }
        self.rules = resolved
    }

    /// The index of a credential a route names itself.
    package func index(named name: String) -> Int? { Self.index(of: name, in: entries) }

    /// Chooses the credential of one request; nothing is allocated.
    ///
    /// - Parameters:
    ///   - named: the credential the matched route names, which outranks the rules.
    ///   - connection: the connection's path segment, empty if the route has none.
    ///   - path: the canonical path.
    package func choose(
        _ demand: TokenDemand, named: Int? = nil, listener: Int, route: Int, connection: Span<UInt8>,
        path: Span<UInt8>
    ) -> CredentialChoice {
        if demand == .none { return .none }
        if let named {
            guard entries.indices.contains(named) else { return .refused(.noCredential) }
            guard demand == .any || entries[named].kind.isOAuth else { return .refused(.kindUnfit) }
            return .use(named)
        }
        for (rule, picks) in rules
        where rule.covers(listener: listener, route: route, connection: connection, path: path) {
            return pick(demand, picks, otherwise: .kindUnfit)
        }
        return pick(demand, defaults, otherwise: demand == .oauth ? .noOAuthCredential : .noCredential)
    }

    private func pick(_ demand: TokenDemand, _ picks: Picks, otherwise refusal: CredentialRefusal) -> CredentialChoice {
        let picked: Int? =
            switch demand {
            case .none: nil
            case .oauth: picks.oauth
            case .any: prefersOAuth ? picks.oauth ?? picks.apiAccessToken : picks.apiAccessToken ?? picks.oauth
            }
        return picked.map(CredentialChoice.use) ?? .refused(refusal)
    }

    private static func picks(_ names: [String], _ entries: [Entry]) throws(CredentialBookError) -> Picks {
        var picks = Picks()
        for name in names {
            guard let index = index(of: name, in: entries) else { throw .nameUnknown(name) }
            if entries[index].kind.isOAuth {
                guard picks.oauth == nil else { throw .severalOfOneKind(name) }
                picks.oauth = index
            } else {
                guard picks.apiAccessToken == nil else { throw .severalOfOneKind(name) }
                picks.apiAccessToken = index
            }
        }
        return picks
    }

    private static func index(of name: String, in entries: [Entry]) -> Int? {
        entries.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    }
}

/// The rules a book of credentials is held to; each names the credential.
package enum CredentialBookError: Error, Equatable, Sendable {
    case nameRepeated(String)
    case nameUnknown(String)
    /// One rule, or the defaults, may give one API Access Token and one OAuth credential.
    case severalOfOneKind(String)
}
