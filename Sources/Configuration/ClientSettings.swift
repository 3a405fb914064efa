/// How clients prove who they are, and what is written down of what they do.
package struct ClientSettings: Equatable, Sendable {
    package let credential: ClientCredential
    /// Where keys are kept; none where there is no folder for it.
    package let keysFile: String?
    /// Where one line for each request goes that can be verified later.
    package let auditLog: String?
    package let auditFailure: AuditFailure

    /// Whether nobody's request is forwarded without its client having proved who it is.
    package var areAuthenticated: Bool { credential == .keys }
}
