/// What the owner of a ``TokenMachine`` is to do, in the order given.
package enum TokenEffect: Equatable, Sendable {
    /// Send one token request with that client secret and report its outcome under that number.
    case startFetch(Flight, with: ClientSecretChoice)
    /// Give up that token request; its outcome no longer matters.
    case abandonFetch(Flight)
    /// Call ``TokenMachine/timerFired(at:random:)`` at this point of the boot clock. It replaces any earlier timer.
    case setTimer(boot: Nanoseconds)
    /// A new token is in ``TokenMachine/issued``: hand it to the loops and to everyone who waits.
    case publish(generation: UInt64)
    /// No token for those who wait. Who waited to repeat a request after a 401 passes that 401 on.
    case failWaiters(TokenFailure)
    /// The new client secret works: forget the old one.
    case adoptSecret
    /// The new client secret was rejected: say so, keep both.
    case retainSecret(FetchFailure)
}

/// Which of the two client secrets a rotation has in hand to send.
package enum ClientSecretChoice: Equatable, Sendable {
    /// The one that has been in use.
    case settled
    /// The one that was announced by ``TokenMachine/secretReplaced(at:)`` and has not yet brought a token.
    case candidate
}
