/// A sandbox that serves, until ``stop()`` or the end of its last reference.
package struct RunningSandbox: Sendable {
    package let urls: SandboxURLs
    /// The certificate to trust, PEM; empty where the scheme is `http`.
    package let certificateAuthority: [UInt8]
    package let state: SandboxState
    let host: ServiceHost

    /// Closes the listeners and every connection.
    package func stop() async { await host.stop() }
}
