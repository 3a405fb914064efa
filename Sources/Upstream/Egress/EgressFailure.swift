import Transport
import Wire

/// Why there is no tunnel through the egress proxy.
package enum EgressFailure: Error, Equatable, Sendable {
    case nameNotResolved(Resolver.Failure)
    case notConnected(SystemError)
    case connectTimedOut
    /// 407, or 401.
    case credentialsNotAccepted
    /// It does not want to: any other answer that is no success.
    case refused(status: Int)
    /// It wants to, and cannot reach the upstream: 502, 503 and 504.
    case upstreamNotReached(status: Int)
    case answerMalformed(WireError)
    case tooManyInterimAnswers
    /// Something came behind its answer, where the upstream waits for us to speak first.
    case spokeOutOfTurn
    /// The connection ended before its answer did.
    case closed
    case failed(ChannelError)
    case answerTimedOut

    /// A fixed sentence; nothing of the proxy's bytes is in it.
    package var explanation: String {
        switch self {
        case .nameNotResolved(let failure): "the egress proxy cannot be reached: \(failure.explanation)"
        case .notConnected(let error): "the egress proxy cannot be reached: \(error.explanation)"
        case .connectTimedOut: "the egress proxy cannot be reached within the connect timeout"
        case .credentialsNotAccepted: "the egress proxy asks for a user name and password, or for others"
        case .refused(let status): "the egress proxy refuses to connect to it (\(status))"
        case .upstreamNotReached(let status): "the egress proxy cannot connect to it (\(status))"
        case .answerMalformed(let error): "the egress proxy's answer is not valid HTTP/1.1: \(error.explanation)"
        case .tooManyInterimAnswers: "too many interim answers of the egress proxy came before the final one"
        case .spokeOutOfTurn: "bytes came behind the egress proxy's answer that are none of the upstream's"
        case .closed: "the egress proxy closed the connection before it answered"
        case .failed(let error): "the connection to the egress proxy failed before it answered: \(error.explanation)"
        case .answerTimedOut: "the egress proxy did not answer in time"
        }
    }
}
