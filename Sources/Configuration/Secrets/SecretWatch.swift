import Credentials
import Secrets

/// Notices when a credential's secret has changed where it comes from.
///
/// A file is read again once it has changed and then stayed the same from one look to the next, so that one which
/// is still being written is not read half. A command is run again at its interval, and shortly before a token it
/// printed ends. Whoever asks has everything read at once. What is had is held to all the rules it was held to at
/// the start; what breaks one is reported, and the old secret stays.
///
/// Looking blocks on files and commands: off the event loops only.
package struct SecretWatch: Sendable {
    package enum Finding: Sendable {
        /// Another secret, fit for use.
        case replaced(credential: Int, Secret)
        /// What is there now cannot be used; said once for each reason.
        case refused(credential: Int, Refusal)
    }

    package enum Refusal: Hashable, Sendable {
        case unusable(SecretProblem)
        /// A token of another kind than the credential is.
        case wrongKind(TokenShape)
        case expired

        package var message: String {
            switch self {
            case .unusable(let problem): problem.message
            case .wrongKind(let shape): "it holds \(shape.rawValue)"
            case .expired: "the token it holds has expired"
            }
        }

        package var suggestion: String? {
            switch self {
            case .unusable(let problem): problem.suggestion
            case .wrongKind, .expired: nil
            }
        }
    }

    private var sources: [WatchedSecret]
    private let loader: SecretLoader
    private let commandInterval: Nanoseconds

    /// - Parameters:
    ///   - credentials: by whose order findings are numbered.
    ///   - commandInterval: zero for never by itself.
    package init(_ credentials: [CredentialSettings], loader: SecretLoader, commandInterval: Duration, at now: Instant)
    {
        self.loader = loader
        let (seconds, attoseconds) = commandInterval.components
        let interval = Nanoseconds.seconds(seconds) + Nanoseconds(attoseconds / 1_000_000_000)
        self.commandInterval = interval
        sources = credentials.enumerated().compactMap { index, credential in
            guard credential.secret.source.isRenewable else { return nil }
            return WatchedSecret(credential, index: index, interval: interval, at: now)
        }
    }

    /// Whether there is anything that may change by itself.
    package var isNeeded: Bool { !sources.isEmpty }

    /// - Parameter isAsked: read everything now, changed or not.
    package mutating func look(at now: Instant, isAsked: Bool) -> [Finding] {
        var findings: [Finding] = []
        for index in sources.indices where sources[index].isDue(at: now, isAsked: isAsked) {
            if let finding = sources[index].load(with: loader, interval: commandInterval, at: now) {
                findings.append(finding)
            }
        }
        return findings
    }
}
