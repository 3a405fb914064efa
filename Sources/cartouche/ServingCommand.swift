import ArgumentParser
import Confinement

/// A command that serves: it prepares on the only thread there is, and what follows runs on many.
///
/// What a process gives up, it gives up thread by thread; so everything is loaded, opened and given up before the
/// second thread exists.
protocol ServingCommand: ParsableCommand {
    associatedtype Prepared: Serving

    /// - Parameter outside: what is done by another process once this one is confined.
    func prepare(_ outside: Outside) throws -> Prepared

    /// What the configuration names, read anew; nothing of it is run. By the steward.
    func names() -> [StewardName]
}

/// What a command has prepared.
protocol Serving: Sendable {
    /// Gives up what serving needs no more, on the only thread there is.
    mutating func confine(_ outside: Outside)

    func serve() async throws
}
