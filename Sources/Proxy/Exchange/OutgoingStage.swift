import Upstream

/// Where the outgoing request's head is. It can be sent only in the form that has been given its credential.
enum OutgoingStage: ~Copyable {
    case none
    /// Composed; waits for its credential.
    case prepared(PreparedRequest)
    /// Complete; kept until the answer begins, in case it must be sent again.
    case authorised(AuthorisedRequest)
}

extension OutgoingStage {
    /// Takes the value out, leaving ``none``.
    mutating func take() -> OutgoingStage {
        var taken = OutgoingStage.none
        swap(&taken, &self)
        return taken
    }
}
