/// Who waits for a connection: within a party in the order of arrival, and the parties in turn, so that one that asks
/// for much does not keep the others waiting.
///
/// What it costs to come, to be taken, to leave and to be refused does not grow with how many wait: where thousands do,
/// there is least time for it. It grows with how many parties do where somebody gives way to another, and where a party
/// that waits begins to wait in another way: a party of which several wait is a key, and of these there are few.
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
        // As many as `Kind.all`.
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
    /// In the order in which their turns come.
    private var allParties = Chain()
    /// The lanes of each kind, in the same order.
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
        let lane = parties[party].lanes[kind] ?? newLane(of: party, kind)
        let waiter = Waiter(client: client, kind: kind, number: nextNumber(), lane: lane)
        placesOfClients[ObjectIdentifier(client)] = waiters.insert(waiter, in: &lanes[lane].waiters)
        count(kind, of: party, 1)
    }

    private mutating func newLane(of party: Int, _ kind: Kind) -> Int {
        // Behind all, unless the party has waited in another way.
        var successor: Int?
        var last = turns[kind].last
        while let lane = last, parties[lanes[lane].party].turn > parties[party].turn {
            successor = lane
            last = lanes.place(before: lane)
        }
        let lane = lanes.insert(Lane(party: party), before: successor, in: &turns[kind])
        parties[party].lanes[kind] = lane
        return lane
    }

    private mutating func place(ofParty key: ObjectIdentifier?) -> Int {
        if let place = placesOfParties[key] { return place }
        let place = parties.insert(Party(key: key, turn: nextNumber()), in: &allParties)
        placesOfParties[key] = place
        return place
    }

    /// The next one whose turn it is, of the kinds for which the condition holds.
    mutating func takeNext(where isFit: (Kind) -> Bool = { _ in true }) -> Waiter? {
        guard !isEmpty else { return nil }
        var next: Int?
        for kind in Kind.all where counts[kind] > 0 && isFit(kind) {
            guard let lane = turns[kind].first else { continue }
            let party = lanes[lane].party
            if let other = next, parties[other].turn <= parties[party].turn { continue }
            next = party
        }
        guard let party = next else { return nil }
        var first: Int?
        for kind in Kind.all where isFit(kind) {
            guard let lane = parties[party].lanes[kind], let place = lanes[lane].waiters.first else { continue }
            if let other = first, waiters[other].number < waiters[place].number { continue }
            first = place
        }
        guard let first else { return nil }
        if parties[party].size > 1 { endTurn(of: party) }
        return remove(at: first)
    }

    /// Its next turn comes behind everybody else's.
    private mutating func endTurn(of party: Int) {
        parties[party].turn = nextNumber()
        parties.moveToEnd(party, of: &allParties)
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
        var newest: Int?
        for kind in Kind.all where !amongSlow || kind.pace != .prompt {
            guard let lane = parties[party].lanes[kind], let place = lanes[lane].waiters.last else { continue }
            if let other = newest, waiters[other].number > waiters[place].number { continue }
            newest = place
        }
        return newest.map { remove(at: $0).client }
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
    /// By size; of those without any it is no number that means anything.
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
