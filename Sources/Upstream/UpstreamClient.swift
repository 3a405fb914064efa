import Wire

/// Who uses an upstream connection for one exchange: a forwarded request, or a request for a token.
///
/// The calls come in the order of an answer: interim heads, the head, the body in parts, the end. After
/// ``answerEnded(_:)`` or ``exchangeFailed(_:_:)`` none follows, and the connection is no longer the client's.
package protocol UpstreamClient: AnyObject {
    /// A connection that was waited for; from here on it is the client's.
    func connectionObtained(_ connection: UpstreamConnection)
    /// No connection can be had.
    func connectionRefused(_ failure: UpstreamFailure)
    /// For whom it waits, where several do: each party gets its turn. Must not change while it waits.
    var queueingParty: ObjectIdentifier? { get }
    /// Asked when it asks for a connection, if it matters then.
    var pace: ClientPace { get }

    /// How many bytes of a body it takes in one turn of the loop: few where each can become a thousand.
    var receivingLimit: Int { get }

    func interimHeadReceived(_ head: borrowing ResponseHead)
    /// - Parameter options: what the head's `Connection` says.
    func headReceived(_ head: borrowing ResponseHead, framing: BodyFraming, options: ConnectionOptions)
    /// - Parameter isLast: whether the body is known to end with these bytes, as one of a stated length does.
    func bodyReceived(_ bytes: Span<UInt8>, isLast: Bool)
    func answerEnded(_ trailers: TrailerSection?)
    /// All that has arrived was handed over: the moment to pass it on.
    func receivingPaused()
    /// What was given to be sent has left; more may be given.
    func sendingDrained()
    func exchangeFailed(_ failure: UpstreamFailure, wasReused: Bool)
}

extension UpstreamClient {
    /// The program itself.
    package var queueingParty: ObjectIdentifier? { nil }
    package var pace: ClientPace { .prompt }
    package var receivingLimit: Int { .max }
}
