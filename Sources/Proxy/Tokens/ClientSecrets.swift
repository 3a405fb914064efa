import Credentials
import Secrets

/// The secrets of one OAuth client, of which there are several while one takes the place of another.
struct ClientSecrets {
    private var settled: Secret
    /// Announced at its source, and not yet known to work.
    private var candidate: Secret?
    /// The one before, which the server may still honour and answers must not show.
    private var former: Secret?

    init(_ secret: Secret) { settled = secret }

    func chosen(_ choice: ClientSecretChoice) -> Secret {
        switch choice {
        case .settled: settled
        case .candidate: candidate ?? settled
        }
    }

    /// The one announced last.
    var latest: Secret { candidate ?? settled }

    /// Everything answers are searched for.
    var all: [Secret] { [settled, candidate, former].compactMap(\.self) }

    mutating func announce(_ secret: Secret) { candidate = secret }

    mutating func adopt() {
        guard let candidate else { return }
        if !candidate.matches(settled) { former = settled }
        settled = candidate
        self.candidate = nil
    }
}
