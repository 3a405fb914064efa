/// Who waits for a connection: within a party in the order of arrival, and the parties in turn, so that one that asks
/// for much does not keep the others waiting.
///
/// What it costs to come, to be taken and to leave does not grow with how many wait: where thousands do, there is least
/// time for it.
struct WaitingLine {
    /// What decides whether a connection will do for one who waits.
    struct Kind: Hashable {
        let pace: ClientPace
        /// Whether only a connection that nobody has used will do.
        let needsNew: Bool

        static let all = ClientPace.allCases.flatMap { [Kind(pace: $0, needsNew: false), Kind(pace: $0, needsNew: true)] }

        fileprivate var index: Int { pace.rawValue * 2 + (needsNew ? 1 : 0) }
    }

    struct Waiter {
        let client: any UpstreamClient
        let kind: Kind
        /// Grows from one that came to the next.
        fileprivate let number: UInt64
        fileprivate let lane: Int
    }

    /// Those of a party that are of one kind.
    private struct Lane {
        let party: Int
        var waiters = Chain()
    }

    private struct Party {
        let key: ObjectIdentifier?
        /// Whose is lowest has the next turn.
        var turn: UInt64
        /// The places of its lanes.
        var lanes = ByKind<Int?>(repeating: nil)
        var size = 0
        /// Those of them that are not prompt.
        var slowSize = 0
    }

    private struct ByKind<Value> {
        private var values: InlineArray<6, Value>

        init(repeating value: Value) { values = InlineArray(repeating: value) }

        subscript(kind: Kind) -> Value {
            get { values[kind.index] }
            set { values[kind.index] = newValue }
        }
    }

    private var waiters = Chained<Waiter>()
    private var lanes = Chained<Lane>()
    private var parties = Chained<Party>()
    private var allParties = Chain()
    /// The lanes of each kind, in the order in which their turns come.
    private var turns = ByKind(repeating: Chain())
    private var counts = ByKind(repeating: 0)
    private var sizes = Sizes()
    private var slowSizes = Sizes()
    private var placesOfParties: [ObjectIdentifier?: Int] = [:]
    private var placesOfClients: [ObjectIdentifier: Int] = [:]
    private var lastNumber: UInt64 = 0

    var count: Int { placesOfClients.count }
    var isEmpty: Bool { placesOfClients.isEmpty }
    var promptCount: Int { count { $0.pace == .prompt } }
    var sendingCount: Int { count { $0.pace == .sending } }
    var narrowCount: Int { count { $0.pace == .narrow } }
    /// Those for whom only a new connection will do.
    var needingNewCount: Int { count(where: \.needsNew) }

    private func count(where isCounted: (Kind) -> Bool) -> Int {
        isEmpty ? 0 : Kind.all.reduce(0) { isCounted($1) ? $0 + counts[$1] : $0 }
    }

    /// One that waits already keeps its place.
    mutating func append(_ client: any UpstreamClient, pace: ClientPace, needsNew: Bool) {
        guard placesOfClients[ObjectIdentifier(client)] == nil else { return }
        let kind = Kind(pace: pace, needsNew: needsNew)
        let party = place(ofParty: client.queueingParty)
        let lane = parties[party].lanes[kind] ?? lanes.append(Lane(party: party), to: &turns[kind])
        parties[party].lanes[kind] = lane
        let waiter = Waiter(client: client, kind: kind, number: nextNumber(), lane: lane)
        placesOfClients[ObjectIdentifier(client)] = waiters.append(waiter, to: &lanes[lane].waiters)
        count(kind, of: party, 1)
    }

    private mutating func place(ofParty key: ObjectIdentifier?) -> Int {
        if let place = placesOfParties[key] { return place }
        let place = parties.append(Party(key: key, turn: nextNumber()), to: &allParties)
        placesOfParties[key] = place
        return place
    }

    /// The next one whose turn it is, of the kinds for which the condition holds.
    mutating func takeNext(where isFit: (Kind) -> Bool = { _ in true }) -> Waiter? {
        guard !isEmpty else { return nil }
        let kinds = Kind.all.filter { counts[$0] > 0 && isFit($0) }
        let candidates = kinds.compactMap { kind in turns[kind].first.map { lanes[$0].party } }
        guard let party = candidates.min(by: { parties[$0].turn < parties[$1].turn }) else { return nil }
        let first = kinds.compactMap { kind in parties[party].lanes[kind].flatMap { lanes[$0].waiters.first } }
        guard let place = first.min(by: { waiters[$0].number < waiters[$1].number }) else { return nil }
        if parties[party].size > 1 { endTurn(of: party) }
        return remove(at: place)
    }

    /// Its next turn comes behind everybody else's.
    private mutating func endTurn(of party: Int) {
        parties[party].turn = nextNumber()
        for kind in Kind.all {
            if let lane = parties[party].lanes[kind] { lanes.moveToEnd(lane, of: &turns[kind]) }
        }
    }

    mutating func remove(_ client: any UpstreamClient) {
        if let place = placesOfClients[ObjectIdentifier(client)] { _ = remove(at: place) }
    }

    /// Makes room in a full line for a party that has less in it than another: the newest of the longest gives way.
    /// Nil where nobody has more than one more than that party would have.
    /// - Parameter amongSlow: only those that are not prompt are counted, and give way.
    mutating func displaceNewest(for client: any UpstreamClient, amongSlow: Bool = false) -> (any UpstreamClient)? {
        let size = amongSlow ? \Party.slowSize : \.size
        let own = placesOfParties[client.queueingParty].map { parties[$0][keyPath: size] } ?? 0
        // Where each waits for itself, and that is most often, nobody is looked for.
        let longest = (amongSlow ? slowSizes : sizes).largest
        guard longest > own + 1 else { return nil }
        var candidate = allParties.first
        while let party = candidate, parties[party][keyPath: size] != longest { candidate = parties.place(after: party) }
        guard let party = candidate else { return nil }
        let counted = Kind.all.filter { !amongSlow || $0.pace != .prompt }
        let last = counted.compactMap { kind in parties[party].lanes[kind].flatMap { lanes[$0].waiters.last } }
        guard let newest = last.max(by: { waiters[$0].number < waiters[$1].number }) else { return nil }
        return remove(at: newest).client
    }

    private mutating func remove(at place: Int) -> Waiter {
        let lane = waiters[place].lane
        let removed = waiters.remove(place, from: &lanes[lane].waiters)
        placesOfClients[ObjectIdentifier(removed.client)] = nil
        let (kind, party) = (removed.kind, lanes[lane].party)
        count(kind, of: party, -1)
        if lanes[lane].waiters.first == nil {
            _ = lanes.remove(lane, from: &turns[kind])
            parties[party].lanes[kind] = nil
        }
        if parties[party].size == 0 {
            placesOfParties[parties.remove(party, from: &allParties).key] = nil
        }
        return removed
    }

    private mutating func count(_ kind: Kind, of party: Int, _ change: Int) {
        counts[kind] += change
        sizes.change(parties[party].size, by: change)
        parties[party].size += change
        guard kind.pace != .prompt else { return }
        slowSizes.change(parties[party].slowSize, by: change)
        parties[party].slowSize += change
    }

    private mutating func nextNumber() -> UInt64 {
        lastNumber &+= 1
        return lastNumber
    }
}

/// How many parties there are of each size, for the largest.
private struct Sizes {
    private var counts = [0]
    private(set) var largest = 0

    /// One of that size has one more, or one less.
    mutating func change(_ size: Int, by change: Int) {
        let new = size + change
        if new == counts.count { counts.append(0) }
        counts[size] -= 1
        counts[new] += 1
        if new > largest || (size == largest && counts[size] == 0) { largest = new }
    }
}
