import Audit
import ClientKeys
import Transport
import Upstream

/// What a request costs its client, and what is written down of it.
extension Exchange {
    /// Counts the request against its client's limits, and sees to it that its line can be written. Nil: it may go.
    func charge() -> Failure? {
        if regime.settings.audit != nil, !hasAuditPlace { return .of(.auditUnavailable) }
        guard let client = request.client else { return nil }
        let wall = Clock.wallNanoseconds()
        switch client.meter.charge(client.record.rate, quota: client.record.quota, boot: worker.loop.now, wall: wall) {
        case .granted: return nil
        case .tooFast(let wait):
            return .of(.tooFast(client.record.rate?.text ?? "", seconds: max((wait + 999_999_999) / 1_000_000_000, 1)))
        case .quotaSpent:
            return .of(
                .quotaSpent(client.record.quota ?? 0, seconds: DayCount.secondsLeft(ofWallNanoseconds: wall)))
        }
    }

    func audit() {
        guard let audit = regime.settings.audit else { return }
        audit.submit(
            AuditEntry.Request(
                client: auditedClient, requestID: record.requestID, method: record.method, route: record.route,
                status: record.status, code: record.code, bytesIn: record.bytesIn, bytesOut: record.bytesOut),
            at: Clock.wallNanoseconds(), isReserved: hasAuditPlace)
    }

    /// Before its answer is given: a client may be gone with its last byte, and its user unknown.
    func learnAuditedClient() { if regime.settings.audit != nil { _ = auditedClient } }

    private var auditedClient: AuditEntry.Client {
        if let client = request.client { return .key(client.record.name) }
        if let subject = downstream?.certificateSubject { return .certificate(subject) }
        return downstream?.user.map { .user($0) } ?? .anonymous
    }

    /// Whose turn it is in a line for upstream connections: that of a key, or else of a connection.
    var queueingParty: ObjectIdentifier? {
        if let client = request.client { return ObjectIdentifier(client.meter) }
        return downstream.map { ObjectIdentifier($0) }
    }

    var pace: ClientPace {
        if !body.isComplete { return .sending }
        return downstream?.isNarrow == true ? .narrow : .prompt
    }
}
