/// What the access log says of one request. By its types it cannot hold a secret: the route's template instead of
/// the path, which can be one, and no query, no fields.
package struct AccessRecord {
    package var wallNanoseconds: Int64 = 0
    package var requestID: [UInt8] = []
    package var method: StaticString = "-"
    /// The route's template (`/v3/sql/{connection}/query`), or why there is none.
    package var route = ""
    package var status = 0
    /// The name of the client's key; empty where it has none.
    package var key = ""
    /// What kind of token went with it: `api`, `oauth`, `none`; `-` where nothing was sent.
    package var token: StaticString = "-"
    package var upstream: StaticString = "-"
    /// The code of our own error, empty for an upstream's answer.
    package var code = ""
    package var bytesIn: Int64 = 0
    package var bytesOut: Int64 = 0
    /// From the end of the request's head, in nanoseconds.
    package var total: Int64 = 0
    /// Until the head of the answer came; -1 where none did.
    package var untilHead: Int64 = -1

    package init() {}
}
