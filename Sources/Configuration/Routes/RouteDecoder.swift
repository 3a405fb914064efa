import Policy

/// Reads the rules under `routes:`, in a configuration file and in the built-in table alike. What the keys
/// mean is told at ``RouteRule``.
struct RouteDecoder {
    static let keys = Key.allCases.map(\.rawValue)

    private static let reader = StructureReader(element: "a route", keys: keys)

    private enum Key: String, CaseIterable {
        case match, name, api, upstream, token, access, because, safe, reads, statement, rewrite, stream
        case answerTimeout = "answer_timeout"
        case credential
    }

    /// A rule with the place of its `match`, where problems with it as a whole are shown.
    struct Decoded {
        let rule: RouteRule
        let place: Place
    }

    static func rules(in list: DocumentNode, _ findings: inout Findings) -> [Decoded] {
        var rules: [Decoded] = []
        for entries in reader.elements(of: list, &findings) {
            if let rule = rule(entries, list.place, &findings) { rules.append(rule) }
        }
        return rules
    }

    private static func rule(
        _ entries: [DocumentNode.Entry], _ list: Place, _ findings: inout Findings
    ) -> Decoded? {
        guard let match = entries.first(where: { $0.key == Key.match.rawValue }) else {
            findings.report(
                .requiredKeysAreGiven, at: entries.first?.place ?? list, "a route has no match",
                suggestion: "begin it with match: \"GET /v3/…\"")
            return nil
        }
        guard let pattern = pattern(match, &findings), case .file(let file, let line, _) = match.place else {
            return nil
        }
        var rule = RouteRule(pattern: pattern, origin: RuleOrigin(file: file, line: line))
        for entry in entries {
            guard let key = Key(rawValue: entry.key), key != .match else { continue }
            guard case .text(let text) = entry.value.content else {
                findings.report(
                    .valuesHaveTheirType, at: entry.value.place,
                    "\(entry.key) has \(entry.value.kindName) where a text belongs")
                continue
            }
            do throws(ValueProblem) {
                try set(key, to: text, in: &rule)
            } catch {
                findings.report(
                    .valuesHaveTheirType, at: entry.value.place,
                    "\(entry.key) \(Quoted.text(text)) \(error.message)", suggestion: error.suggestion)
            }
        }
        return Decoded(rule: rule, place: match.place)
    }

    private static func pattern(_ entry: DocumentNode.Entry, _ findings: inout Findings) -> MatchPattern? {
        guard case .text(let text) = entry.value.content else {
            findings.report(
                .valuesHaveTheirType, at: entry.value.place, "match has \(entry.value.kindName) where a text belongs",
                suggestion: "write match: \"GET /v3/…\"")
            return nil
        }
        do throws(PolicyError) {
            return try MatchPattern.parse(text)
        } catch {
            findings.report(.valuesHaveTheirType, at: entry.value.place, "match: \(error.explanation)")
            return nil
        }
    }

    private static func set(_ key: Key, to text: String, in rule: inout RouteRule) throws(ValueProblem) {
        switch key {
        case .match: break
        case .name: rule.name = text
        case .api: rule.api = text
        case .upstream: rule.upstream = try word(text)
        case .token: rule.token = try word(text)
        case .access: rule.access = try word(text)
        case .because: rule.because = text
        case .safe: rule.isSafe = try OnOff.parse(text)
        case .reads: rule.reads = try word(text)
        case .statement: rule.statement = try word(text)
        case .rewrite: rule.rewrite = try word(text)
        case .stream: rule.isEventStream = try OnOff.parse(text)
        case .answerTimeout: rule.answerTimeoutSeconds = try wholeSeconds(text)
        case .credential: rule.credential = text
        }
    }

    private static func word<Word>(_ text: String) throws(ValueProblem) -> Word
    where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
        guard let word = Word(rawValue: text) else { throw Words.none(of: Word.allCases.map(\.rawValue), is: text) }
        return word
    }

    private static func wholeSeconds(_ text: String) throws(ValueProblem) -> Int {
        let (seconds, attoseconds) = try Quantity.duration(text).components
        guard attoseconds == 0 else { throw ValueProblem("is no number of whole seconds") }
        return Int(seconds)
    }
}
