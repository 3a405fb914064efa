import Transport

/// One listener for each service of the sandbox.
package struct SandboxListeners: Sendable {
    package var api: Listener
    package var auth: Listener
    package var accounts: Listener
    package var ai: Listener
    package var storage: Listener

    package init(api: Listener, auth: Listener, accounts: Listener, ai: Listener, storage: Listener) {
        self.api = api
        self.auth = auth
        self.accounts = accounts
        self.ai = ai
        self.storage = storage
    }

    /// On 127.0.0.1, on ports the kernel chooses.
    package static func onLoopback() throws(SystemError) -> SandboxListeners {
        let address = SocketAddress.ipv4(0x7F00_0001, port: 0)
        return SandboxListeners(
            api: try Listener(bindingTo: address), auth: try Listener(bindingTo: address),
            accounts: try Listener(bindingTo: address), ai: try Listener(bindingTo: address),
            storage: try Listener(bindingTo: address))
    }
}
