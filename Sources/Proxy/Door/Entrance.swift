import Admission
import TLS

/// What a new connection meets before its first request is read.
struct Entrance {
    /// Whether only this machine reaches the listener.
    let isListenerLocal: Bool
    /// Where the listener speaks TLS.
    var tls: TLSContext?
    /// Under which its connections are counted; nil where they are not.
    var countedHost: PeerAddress?
    /// Set for those who may not be here.
    var shut: Shut?

    init(isListenerLocal: Bool) { self.isListenerLocal = isListenerLocal }

    /// Why nothing is done for this client. A box, so that those who may enter do not carry room for the reason.
    final class Shut {
        let failure: Failure
        init(_ failure: Failure) { self.failure = failure }
    }
}
