import Credentials
import Secrets

/// One secret that may change at its source.
struct WatchedSecret: Sendable {
    private enum Watch: Sendable {
        /// - `loaded`: the file that was read last; none before the first look, since the file may have changed between
        ///   the start of the program and that.
        /// - `seen`: what the last look found, where that was another.
        case file(path: String, loaded: FileFingerprint?, seen: FileFingerprint?)
        /// On the boot clock; none where it is run only when asked.
        case command(next: Nanoseconds?)
        case nothing
    }

    private let index: Int
    private let kind: CredentialKind
    private let source: SecretSource
    private let content: SecretContent
    private var current: Secret
    private var watch: Watch
    private var refusal: SecretWatch.Refusal?

    /// A command that is run because its token ends is given this long before it is run again.
    private static let leastPause = Nanoseconds.seconds(60)
    /// A token is asked for this long before the old one ends, or at three quarters of what it has left.
    private static let lead = Nanoseconds.seconds(600)

    init(_ credential: CredentialSettings, index: Int, interval: Nanoseconds, at now: Instant) {
        self.index = index
        kind = credential.kind
        source = credential.secret.source
        content = credential.secret.content
        current = credential.secret.secret
        switch source {
        case .file(let path), .serviceCredential(let path): watch = .file(path: path, loaded: nil, seen: nil)
        case .command:
            watch = .command(next: nil)
            watch = .command(next: nextRun(interval: interval, at: now))
        case .literal, .standardInput: watch = .nothing
        }
    }

    mutating func isDue(at now: Instant, isAsked: Bool) -> Bool {
        switch watch {
        case .file(let path, let loaded, let seen):
            let found = FileFingerprint(of: path)
            if isAsked || (found != loaded && found == seen) {
                watch = .file(path: path, loaded: found, seen: nil)
                return true
            }
            watch = .file(path: path, loaded: loaded, seen: found == loaded ? nil : found)
            return false
        case .command(let next): return isAsked || next.map { now.boot >= $0 } ?? false
        case .nothing: return false
        }
    }

    /// Reads the source. Nil: nothing new.
    mutating func load(with loader: SecretLoader, interval: Nanoseconds, at now: Instant) -> SecretWatch.Finding? {
        defer { if case .command = watch { watch = .command(next: nextRun(interval: interval, at: now)) } }
        let found: Secret
        do throws(SecretProblem) {
            found = try loader.load(source, as: content)
        } catch {
            return refused(.unusable(error))
        }
        guard !found.matches(current) else {
            refusal = nil
            return nil
        }
        let shape = found.withExposedBytes { TokenShape(of: $0) }
        guard !shape.contradicts(kind), kind != .oauthClient || shape == .opaque else {
            return refused(.wrongKind(shape))
        }
        if let end = end(of: found), now.wall >= end { return refused(.expired) }
        refusal = nil
        current = found
        return .replaced(credential: index, found)
    }

    private mutating func refused(_ reason: SecretWatch.Refusal) -> SecretWatch.Finding? {
        guard reason != refusal else { return nil }
        refusal = reason
        return .refused(credential: index, reason)
    }

    private func nextRun(interval: Nanoseconds, at now: Instant) -> Nanoseconds? {
        var next = interval > .zero ? now.boot + interval : nil
        if let end = end(of: current) {
            let left = max(.zero, end - now.wall)
            let early = max(Self.leastPause, left - min(Self.lead, left.hundredths(25)))
            next = min(next ?? now.boot + early, now.boot + early)
        }
        return next
    }

    /// When a token ends that tells it, on the wall clock.
    private func end(of secret: Secret) -> Nanoseconds? {
        guard kind != .oauthClient else { return nil }
        return secret.withExposedBytes { JSONWebToken.peek($0) }?.expiresAt.map { .seconds($0) }
    }
}
