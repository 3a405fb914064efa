/// Where tokens are requested: the one place a client secret is sent to.
package struct TokenEndpoint: Equatable, Sendable {
    package var isSecure: Bool
    /// A host name, or an address without brackets.
    package var host: String
    package var port: UInt16
    /// The path with the query, if any, beginning with a slash.
    package var path: String

    package init(isSecure: Bool, host: String, port: UInt16, path: String) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.path = path
    }
}
