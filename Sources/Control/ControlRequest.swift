/// What a running instance can be asked. On the socket it is one line: `cartouche 1 status json`.
package enum ControlRequest: Equatable, Sendable {
    package enum Form: String, Sendable {
        case text
        case json
    }

    /// How it is doing.
    case status(Form)
    /// What is known of its tokens, all or one credential's; never a token.
    case token(Form, credential: String?)
    /// To load its configuration anew.
    case reload

    /// In bytes; the name of a credential is the longest thing in it.
    static let limit = 256

    private static let greeting = "cartouche 1 "

    package init?(line: String) {
        guard line.utf8.count <= Self.limit, line.hasPrefix(Self.greeting) else { return nil }
        let words = line.dropFirst(Self.greeting.count).split(separator: " ", omittingEmptySubsequences: false)
            .map(String.init)
        switch (words.first, words.count) {
        case ("reload", 1): self = .reload
        case ("status", 2):
            guard let form = Form(rawValue: words[1]) else { return nil }
            self = .status(form)
        case ("token", 2), ("token", 3):
            guard let form = Form(rawValue: words[1]) else { return nil }
            self = .token(form, credential: words.count == 3 ? words[2] : nil)
        default: return nil
        }
    }

    package var line: String {
        switch self {
        case .status(let form): "\(Self.greeting)status \(form.rawValue)"
        case .token(let form, nil): "\(Self.greeting)token \(form.rawValue)"
        case .token(let form, let credential?): "\(Self.greeting)token \(form.rawValue) \(credential)"
        case .reload: "\(Self.greeting)reload"
        }
    }
}
