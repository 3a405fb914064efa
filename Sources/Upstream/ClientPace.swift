/// Whether the other end of an exchange, for which an answer is fetched, will have to be waited for.
///
/// The raw values are places in tables.
package enum ClientPace: Int, CaseIterable, Sendable {
    /// The request is there to its last byte, and there is room for an answer.
    case prompt
    /// The request is still coming.
    case sending
    /// There is hardly any room for an answer, whatever it is.
    case narrow
}
