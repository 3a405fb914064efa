/// Why a secret could not be had. No case holds anything of the secret itself.
package enum SecretProblem: Error, Hashable, Sendable {
    case empty
    case tooLong
    case severalLines
    case controlCharacters
    case surroundedBySpaces
    case notATokensCharacters
    case namesAScheme
    case file(FileProblem)
    case standardInputIsTerminal
    case standardInputUnreadable(SystemError)
    case standardInputUnending(after: Duration)
    case command(CommandProblem)

    package var rule: ConfigurationProblem.Rule {
        switch self {
        case .file(let problem): problem.rule
        case .command: .commandsSucceed
        case .standardInputIsTerminal, .standardInputUnreadable, .standardInputUnending: .filesAreReadable
        case .empty, .tooLong, .severalLines, .controlCharacters, .surroundedBySpaces, .notATokensCharacters,
            .namesAScheme:
            .secretsAreUsable
        }
    }

    /// The end of a sentence that begins with the key's name and a colon.
    package var message: String {
        switch self {
        case .empty: "it is empty"
        case .tooLong: "it is longer than \(Quantity.text(size: SecretContent.limit))"
        case .severalLines: "it has more than one line"
        case .controlCharacters: "it holds control characters"
        case .surroundedBySpaces: "it begins or ends with a space"
        case .notATokensCharacters: "it holds characters that no token has"
        case .namesAScheme: "it begins with the word Bearer"
        case .file(let problem): problem.message
        case .standardInputIsTerminal: "standard input is a terminal, which would show it"
        case .standardInputUnreadable(let error): "standard input cannot be read: \(error)"
        case .standardInputUnending(let limit): "standard input had not ended after \(Quantity.text(limit))"
        case .command(let problem): problem.message
        }
    }

    package var suggestion: String? {
        switch self {
        case .empty, .tooLong, .controlCharacters, .notATokensCharacters, .standardInputUnreadable: nil
        case .severalLines: "a secret is one line; a final line end is not counted"
        case .surroundedBySpaces: "remove the spaces"
        case .namesAScheme: "give the token alone"
        case .file(let problem): problem.suggestion
        case .standardInputUnending: "whoever writes the secret has to close the pipe behind it"
        case .standardInputIsTerminal: "send the secret through a pipe"
        case .command(let problem): problem.suggestion
        }
    }
}
