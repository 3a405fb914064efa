import Policy
import Upstream
import Wire

/// Where a request waits for its own body: `read_only` has it decide whether anything is sent at all.
extension Exchange {
    /// Collects the body before anything is sent.
    ///
    /// - Parameter limit: the most it may have, in bytes.
    func holdBody(_ head: borrowing RequestHead, limit: Int) {
        guard body.hold(limit: limit) else {
            return fail(.of(.writesRefused(.bodyTooLarge, key: request.readOnlyKey)))
        }
        if request.expectsContinue {
            // The upstream cannot be asked whether it wants the body (RFC 9110 §10.1.1) before that has been seen.
            request.expectsContinue = false
            downstream?.compose { output in
                HeadWriter.appendStatusLine(100, to: &output)
                HeadWriter.appendEnd(to: &output)
            }
            downstream?.flush()
        }
        prepare(head)
    }

    func heldBodyEnded() {
        judge {
            let length = body.release()
            guard case .prepared(var prepared) = outgoing.take() else { return fail(.of(.internalInconsistency)) }
            prepared.write { HeadWriter.appendField(.contentLength, decimal: UInt64(clamping: length), to: &$0) }
            outgoing = .prepared(prepared)
            authorise()
        }
    }

    /// Goes on only if the whole request is known to read, where that matters.
    func judge(_ goOn: () -> Void) {
        guard var judge = request.judge else { return goOn() }
        let kind = request.bodyKind
        do throws(ReadOnlyRefusal) {
            if body.isHeld {
                try body.withCollected { (bytes) throws(ReadOnlyRefusal) in try judge.judge(body: bytes, as: kind) }
            }
            try judge.finish()
        } catch {
            return fail(.of(.writesRefused(error, key: request.readOnlyKey)))
        }
        goOn()
    }
}
