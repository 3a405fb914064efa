/// A name under which clients may address the program beside those of its listeners: what a `Host` field
/// holds, with the port it must carry or, without one, any.
package struct ServerName: Hashable, Sendable, CustomStringConvertible {
    package let host: HostName
    package let port: UInt16?

    package init(_ text: String) throws(ValueProblem) {
        guard !text.utf8.contains(0x2F) else {
            throw ValueProblem("is a URL or a path", suggestion: "write the host alone, as maps.example.com")
        }
        guard !text.utf8.contains(0x2A) else { throw ValueProblem("has a wildcard", suggestion: "name each host") }
        (host, port) = try BaseURL.hostAndPort(Array(text.utf8)[...])
    }

    package var description: String { port.map { "\(host):\($0)" } ?? host.description }
}
