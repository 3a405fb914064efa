/// Puts the sandbox's services on sockets of this machine.
package enum SandboxServer {
    /// Starts all services; the settings' `storageBaseURL` becomes that of the storage started here.
    ///
    /// - Parameters:
    ///   - listeners: on loopback addresses; by default on 127.0.0.1, on ports the kernel chooses.
    ///   - connectionLimit: connections served at once; further ones wait in the kernel.
    package static func start(
        identity: SandboxIdentity, settings: SandboxSettings = SandboxSettings(), scheme: SandboxScheme = .https,
        listeners: SandboxListeners? = nil, timeouts: SandboxTimeouts = SandboxTimeouts(), connectionLimit: Int = 1_000
    ) async throws(SandboxServerError) -> RunningSandbox {
        try await PreparedSandbox(
            identity: identity, settings: settings, scheme: scheme, listeners: listeners, timeouts: timeouts,
            connectionLimit: connectionLimit
        ).start()
    }
}
