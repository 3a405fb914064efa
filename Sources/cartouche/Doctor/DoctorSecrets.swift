import Rewriting
import Secrets

/// Looks for secrets in what came back, in every spelling the proxy itself looks for.
struct DoctorSecrets {
    private let patterns: GuardPatterns

    init(_ secrets: [Secret]) { patterns = GuardPatterns(secrets) }

    func stand(in bytes: [UInt8]) -> Bool { patterns.firstMatch(in: bytes.span) != nil }
}
