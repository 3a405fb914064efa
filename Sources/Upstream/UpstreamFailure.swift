import TLS
import Transport
import Wire

/// Why an upstream gave no answer, or no whole one.
package enum UpstreamFailure: Error, Equatable, Sendable {
    case nameNotResolved(Resolver.Failure)
    case notConnected(SystemError)
    case connectTimedOut
    /// This machine, or this process, had no socket left, or no memory for one.
    case noSocket(SystemError)
    /// There is an egress proxy, and no way through it.
    case egress(EgressFailure)
    case handshakeFailed(TLSError)
    case handshakeCut
    case handshakeTimedOut
    /// Every connection is busy and as many requests as may wait are waiting.
    case queueFull
    /// A connection was waited for too long.
    case queueTimedOut
    /// The connection ended before the first byte of an answer.
    case closedBeforeAnswer
    /// The connection failed before the first byte of an answer.
    case failedBeforeAnswer(ChannelError)
    case answerTimedOut
    /// The answer broke the grammar of HTTP/1.1.
    case answerMalformed(WireError)
    /// An upgrade was never asked for (RFC 9110 §15.2.2).
    case protocolSwitched
    /// More interim answers than any server sends.
    case tooManyInterimAnswers
    /// The answer ended before its announced length or last chunk.
    case answerCut
    case answerFailed(ChannelError)
    case answerStalled
    /// The client kept the connection waiting while others needed it.
    case clientTooSlow

    /// Whether not one byte of an answer had come; with a connection that had been used before, the likely
    /// reason is that the server had just closed it.
    package var isBeforeAnswer: Bool {
        switch self {
        case .closedBeforeAnswer, .failedBeforeAnswer: true
        case .nameNotResolved, .notConnected, .connectTimedOut, .noSocket, .egress, .handshakeFailed, .handshakeCut,
            .handshakeTimedOut, .queueFull, .queueTimedOut, .answerTimedOut, .answerMalformed, .protocolSwitched,
            .tooManyInterimAnswers, .answerCut, .answerFailed, .answerStalled, .clientTooSlow:
            false
        }
    }

    /// Whether the request cannot have been executed, as it never left.
    package var isBeforeSending: Bool {
        switch self {
        case .nameNotResolved, .notConnected, .connectTimedOut, .noSocket, .egress, .handshakeFailed, .handshakeCut,
            .handshakeTimedOut, .queueFull, .queueTimedOut:
            true
        case .closedBeforeAnswer, .failedBeforeAnswer, .answerTimedOut, .answerMalformed, .protocolSwitched,
            .tooManyInterimAnswers, .answerCut, .answerFailed, .answerStalled, .clientTooSlow:
            false
        }
    }

    /// Whether it took too long to get a connection.
    package var isTimeOut: Bool { self == .connectTimedOut || self == .nameNotResolved(.timedOut) }

    /// Whether a connection to another address of the same name may do better: nobody has answered.
    var isOfTheAddress: Bool {
        switch self {
        case .handshakeCut, .handshakeTimedOut, .egress(.closed), .egress(.failed), .egress(.answerTimedOut): true
        default: false
        }
    }

    /// Whether the network may be the reason: the other connections on the same way may be no better.
    var isOfTheNetwork: Bool {
        switch self {
        case .answerTimedOut, .answerStalled: true
        case .failedBeforeAnswer(.system(let error)), .answerFailed(.system(let error)): error.isOfTheNetwork
        default: false
        }
    }

    /// A fixed sentence; nothing of the peer's bytes is in it.
    package var explanation: String {
        switch self {
        case .nameNotResolved(let failure): failure.explanation
        case .notConnected(let error): "no connection: \(error.explanation)"
        case .connectTimedOut: "no connection within the connect timeout"
        case .noSocket(let error): "this machine has no socket left for it: \(error.explanation)"
        case .egress(let failure): failure.explanation
        case .handshakeFailed(let error): "no TLS connection: \(error.explanation)"
        case .handshakeCut: "the connection was closed during the TLS handshake"
        case .handshakeTimedOut: "the TLS handshake did not finish in time"
        case .queueFull: "too many requests are waiting for a connection"
        case .queueTimedOut: "no connection became free in time"
        case .closedBeforeAnswer: "the connection was closed before an answer came"
        case .failedBeforeAnswer(let error): "the connection failed before an answer came: \(error.explanation)"
        case .answerTimedOut: "no answer came in time"
        case .answerMalformed(let error): "the answer is not valid HTTP/1.1: \(error.explanation)"
        case .protocolSwitched: "the answer switches to a protocol that was not asked for"
        case .tooManyInterimAnswers: "too many interim answers came before the final one"
        case .answerCut: "the connection ended in the middle of the answer"
        case .answerFailed(let error): "the connection failed in the middle of the answer: \(error.explanation)"
        case .answerStalled: "the answer stopped arriving"
        case .clientTooSlow: "the client kept a connection waiting that others needed"
        }
    }
}
