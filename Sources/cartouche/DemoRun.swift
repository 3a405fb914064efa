import Sandbox

/// The demo from its start to its end.
struct DemoRun: Serving {
    let sandbox: PreparedSandbox
    var proxy: ProxyRun

    mutating func confine(_ outside: Outside) { proxy.confine(outside) }

    func serve() async throws {
        let running = try await start()
        proxy.log.logger.notice(
            "a CARTO of our own: no account, no network",
            metadata: [
                "api": "\(sandbox.urls.api)", "auth": "\(sandbox.urls.auth)", "accounts": "\(sandbox.urls.accounts)",
            ])
        try await proxy.serve()
        await running.stop()
    }

    private func start() async throws(Stop) -> RunningSandbox {
        do throws(SandboxServerError) {
            return try await sandbox.start()
        } catch {
            throw Self.failure(error)
        }
    }

    static func failure(_ error: SandboxServerError) -> Stop {
        Stop(.runtime, "cartouche: the sandbox cannot start: \(error.explanation)")
    }
}
