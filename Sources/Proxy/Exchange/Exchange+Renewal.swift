import Upstream

/// A 401 to a token of ours: held back until it is known whether a new token can be had.
extension Exchange {
    func askForRenewal() {
        guard let generation = request.generation else { return decideAboutHeldAnswer(mayRenew: false) }
        switch worker.tokens.refused(generation, of: credential, waiter: self) {
        case .renewed: decideAboutHeldAnswer(mayRenew: true)
        case .wait:
            waiting = .token
            downstream?.setDeadline(in: regime.timeouts.token)
        case .passOn: decideAboutHeldAnswer(mayRenew: false)
        }
    }

    /// Sends the request once more with the new token, or lets the client have the 401.
    func decideAboutHeldAnswer(mayRenew: Bool) {
        guard case .held = answer else { return }
        guard mayRenew, case .authorised(let authorised) = outgoing.take() else {
            answer = .streaming(.none)
            let held = heldAnswer
            heldAnswer.removeAll(keepingCapacity: true)
            dropOutgoing()
            downstream?.compose { $0.append(contentsOf: held) }
            return finish(staysOpen: request.keepsAlive)
        }
        hasRenewed = true
        heldAnswer.removeAll(keepingCapacity: true)
        answer = .awaited
        outgoing = .prepared(authorised.withoutCredential())
        authorise()
    }

    func releaseHeldAnswer(_ framing: AnswerComposer.Framing) {
        answer = .streaming(framing)
        if let generation = request.generation { worker.tokens.noteRefusal(generation, of: credential) }
        dropOutgoing()
        let held = heldAnswer
        heldAnswer = []
        downstream?.compose { $0.append(contentsOf: held) }
        downstream?.flush()
    }
}
