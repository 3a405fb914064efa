/// One upstream of the sandbox: requests in, answers out, no I/O and no clock of its own.
package protocol SandboxService: Sendable {
    /// Answers one request. A HEAD is answered like a GET; the server leaves the content out.
    ///
    /// - Parameter now: seconds since 1970.
    func answer(_ request: SandboxRequest, now: Int64) -> SandboxAnswer
}
