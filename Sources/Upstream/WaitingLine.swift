/// Who waits for a connection: within a party in the order of arrival, and the parties in turn, so that one that asks
/// for much does not keep the others waiting.
struct WaitingLine {
    struct Waiter {
        let client: any UpstreamClient
        /// Whether only a connection that nobody has used will do.
        let needsNew: Bool
        let pace: ClientPace
    }

    /// In the order in which their turns come.
    private var parties: [ObjectIdentifier?] = []
    private var waiters: [ObjectIdentifier?: [Waiter]] = [:]
    private(set) var count = 0
    /// Those of each pace.
    private(set) var promptCount = 0
    private(set) var sendingCount = 0
    private(set) var narrowCount = 0
    /// Those for whom only a new connection will do.
    private(set) var needingNewCount = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ client: any UpstreamClient, pace: ClientPace, needsNew: Bool) {
        let party = client.queueingParty
        if waiters[party] == nil { parties.append(party) }
        let waiter = Waiter(client: client, needsNew: needsNew, pace: pace)
        waiters[party, default: []].append(waiter)
        count(waiter, 1)
    }

    /// The next one whose turn it is, of those for whom the condition holds.
    mutating func takeNext(where isFit: (Waiter) -> Bool = { _ in true }) -> Waiter? {
        for (turn, party) in parties.enumerated() {
            guard let place = waiters[party]?.firstIndex(where: isFit) else { continue }
            let waiter = remove(at: place, of: party)
            // Its next turn comes behind everybody else's.
            if waiters[party] != nil {
                parties.remove(at: turn)
                parties.append(party)
            }
            return waiter
        }
        return nil
    }

    mutating func remove(_ client: any UpstreamClient) {
        // Looked for among its own first: it is there, unless its party has changed since.
        for party in [client.queueingParty] + parties {
            guard let place = waiters[party]?.firstIndex(where: { $0.client === client }) else { continue }
            _ = remove(at: place, of: party)
            return
        }
    }

    /// Makes room in a full line for a party that has less in it than another: the newest of the longest gives way.
    /// Nil where nobody has more than one more than that party would have. Only those of the paces that count are
    /// counted, and give way.
    mutating func displaceNewest(
        for client: any UpstreamClient, counting counts: (ClientPace) -> Bool = { _ in true }
    ) -> (any UpstreamClient)? {
        let sizes = parties.map { party in (party, size: waiters[party]?.count { counts($0.pace) } ?? 0) }
        let own = waiters[client.queueingParty]?.count { counts($0.pace) } ?? 0
        guard let (longest, size) = sizes.max(by: { $0.size < $1.size }), size > own + 1,
            let place = waiters[longest]?.lastIndex(where: { counts($0.pace) })
        else { return nil }
        return remove(at: place, of: longest)?.client
    }

    private mutating func remove(at place: Int, of party: ObjectIdentifier?) -> Waiter? {
        guard let removed = waiters[party]?.remove(at: place) else { return nil }
        count(removed, -1)
        if waiters[party]?.isEmpty == true {
            waiters[party] = nil
            parties.removeAll { $0 == party }
        }
        return removed
    }

    private mutating func count(_ waiter: Waiter, _ change: Int) {
        count += change
        switch waiter.pace {
        case .prompt: promptCount += change
        case .narrow: narrowCount += change
        case .sending: sendingCount += change
        }
        if waiter.needsNew { needingNewCount += change }
    }
}
