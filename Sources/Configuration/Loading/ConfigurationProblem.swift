/// One thing wrong with the configuration, told so that it can be mended without looking anything up.
///
/// No message holds the value of a secret key, nor any part of one. It is one line, whatever of a file it quotes.
package struct ConfigurationProblem: Error, Hashable, Sendable {
    /// The rule that was broken.
    package enum Rule: Hashable, Sendable {
        case keysAreKnown
        case variablesAreKnown
        case valuesHaveTheirType
        case requiredKeysAreGiven
        case settingsAgree
        case filesAreReadable
        case filesAreProtected
        case filesAreWellFormed
        case secretsAreUsable
        case tokensAreOfTheirKind
        case listenersAreLocal
        case commandsSucceed
    }

    package let rule: Rule
    package let place: Place
    /// A sentence without its full stop, beginning with the key where there is one.
    package let message: String
    /// What to do about it.
    package let suggestion: String?

    package init(_ rule: Rule, at place: Place, _ message: String, suggestion: String? = nil) {
        self.rule = rule
        self.place = place
        self.message = Self.onOneLine(message)
        self.suggestion = suggestion.map(Self.onOneLine)
    }

    /// With what is not shown as escapes, a tab as `\u{9}`.
    private static func onOneLine(_ text: String) -> String {
        guard !text.unicodeScalars.allSatisfy(Quoted.isHarmless) else { return text }
        return text.unicodeScalars.reduce(into: "") { line, scalar in
            if Quoted.isHarmless(scalar) {
                line.unicodeScalars.append(scalar)
            } else {
                line += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    package var description: String { "\(place): \(advice)" }

    /// What is wrong and what to do, where the place says nothing.
    package var advice: String { suggestion.map { "\(message); \($0)" } ?? message }
}

/// Everything that is wrong with the configuration, in the order found.
package struct ConfigurationFailure: Error, Equatable, Sendable {
    package let problems: [ConfigurationProblem]
    package let warnings: [ConfigurationProblem]
}

/// Collects problems, so that all are reported at once instead of one per attempt.
struct Findings {
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var warnings: [ConfigurationProblem] = []

    mutating func report(_ problem: ConfigurationProblem) { problems.append(problem) }

    mutating func report(
        _ rule: ConfigurationProblem.Rule, at place: Place, _ message: String, suggestion: String? = nil
    ) {
        problems.append(ConfigurationProblem(rule, at: place, message, suggestion: suggestion))
    }

    mutating func warn(_ problem: ConfigurationProblem) { warnings.append(problem) }

    mutating func warn(
        _ rule: ConfigurationProblem.Rule, at place: Place, _ message: String, suggestion: String? = nil
    ) {
        warnings.append(ConfigurationProblem(rule, at: place, message, suggestion: suggestion))
    }
}
