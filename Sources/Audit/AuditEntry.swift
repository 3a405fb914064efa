/// What the audit log says of one request, or of the log itself. By its types it cannot hold a secret: the route's
/// template instead of the path, and no query, no fields.
package struct AuditEntry: Sendable {
    package enum Client: Equatable, Sendable {
        case key(String)
        /// A process of that user of this machine.
        case user(UInt32)
        /// Of that subject, verified by our authorities.
        case certificate(String)
        case anonymous
    }

    /// What happens to the log, which it tells itself.
    package enum Event: Equatable, Sendable {
        case started
        case stopped
        /// The file was moved away, and this one begun.
        case continued
        /// Lines that could not be written; their requests were served all the same.
        case lost(Int)
        /// Bytes of a line that was not written to its end were taken away.
        case mended(Int)
    }

    package struct Request: Sendable {
        package var client: Client
        package var requestID: [UInt8]
        package var method: StaticString
        package var route: String
        package var status: Int
        /// The code of our own error, empty for an upstream's answer.
        package var code: String
        package var bytesIn: Int64
        package var bytesOut: Int64

        package init(
            client: Client, requestID: [UInt8], method: StaticString, route: String, status: Int, code: String,
            bytesIn: Int64, bytesOut: Int64
        ) {
            self.client = client
            self.requestID = requestID
            self.method = method
            self.route = route
            self.status = status
            self.code = code
            self.bytesIn = bytesIn
            self.bytesOut = bytesOut
        }
    }

    package enum Content: Sendable {
        case request(Request)
        case event(Event)
    }

    package var wallNanoseconds: Int64
    package var content: Content

    package init(at wallNanoseconds: Int64, _ content: Content) {
        self.wallNanoseconds = wallNanoseconds
        self.content = content
    }
}
