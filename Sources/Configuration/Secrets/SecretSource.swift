/// Where a secret comes from, as far as that may be shown.
package enum SecretSource: Hashable, Sendable {
    /// Written out as the value of the key itself.
    case literal(Place)
    case file(path: String)
    /// A file of `$CREDENTIALS_DIRECTORY`, provided by systemd.
    case serviceCredential(path: String)
    case standardInput
    case command(SecretCommand)

    /// Whether the secret can be had anew while the program runs, without reading the configuration again.
    package var isRenewable: Bool {
        switch self {
        case .literal, .standardInput: false
        case .file, .serviceCredential, .command: true
        }
    }
}

extension SecretSource: CustomStringConvertible {
    package var description: String {
        switch self {
        case .literal(let place): "\(place)"
        case .file(let path), .serviceCredential(let path): path
        case .standardInput: "standard input"
        case .command(let command): "output of \(Quoted.text(command.name))"
        }
    }
}

/// A command whose output is a secret.
package enum SecretCommand: Hashable, Sendable {
    /// Program and arguments, run as they are.
    case program([String])
    /// A text for `/bin/sh -c`.
    case shell(String)

    package var arguments: [String] {
        switch self {
        case .program(let words): words
        case .shell(let text): ["/bin/sh", "-c", text]
        }
    }

    /// What may be shown of it: arguments can hold secrets of their own.
    package var name: String {
        switch self {
        case .program(let words): words.first ?? ""
        case .shell(let text): String(text.prefix { $0 != " " })
        }
    }
}
