import ArgumentParser

/// A command that serves: it prepares on the only thread there is, and what follows runs on many.
///
/// What a process gives up, it gives up thread by thread; so everything is loaded, opened and given up before the
/// second thread exists.
protocol ServingCommand: ParsableCommand {
    associatedtype Prepared: Serving

    func prepare() throws -> Prepared
}

/// What a command has prepared.
protocol Serving: Sendable {
    func serve() async throws
}
