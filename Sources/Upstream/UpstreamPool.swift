import TLS
import Transport
import Wire

/// The connections of one event loop to one upstream: those in use, those kept for reuse, those being opened,
/// and the exchanges that wait for one.
package final class UpstreamPool {
    package let endpoint: Endpoint
    package let timeouts: UpstreamTimeouts
    let sessions = TLSSessionCache()
    private let loop: EventLoop
    private let resolver: Resolver
    package let limits: PoolLimits
    /// Most recently used last: the ones that are used least grow old and go.
    private var idle: [UpstreamConnection] = []
    private var waiters = WaitingLine()
    private var dialers: [ObjectIdentifier: Dialer] = [:]
    private var open: [ObjectIdentifier: UpstreamConnection] = [:]
    private var opening = 0
    private var addresses = AddressBook()
    /// Attempts that wait for the one look-up under way.
    private var awaitingAddresses = 0
    /// Connections whose exchange waits for its client.
    private var awaitingClients: [UpstreamConnection] = []
    /// These, and others whose clients will have to be waited for.
    private var slowClients = SlowClients()
    /// How many connections have been told to give way and have not yet.
    private var leaving = 0
    private var relief: PoolTimer?
    /// When one was last told to.
    private var lastRelief: Int64 = 0
    /// Asks for the addresses again while there are connections to some.
    private var watch: PoolTimer?
    private var retries: RetryBudget
    package private(set) var isOpen = true

    package init(
        endpoint: Endpoint, loop: EventLoop, resolver: Resolver, limits: PoolLimits, timeouts: UpstreamTimeouts
    ) {
        self.endpoint = endpoint
        self.loop = loop
        self.resolver = resolver
        self.limits = limits
        self.timeouts = timeouts
        retries = RetryBudget(capacity: limits.retries, perSecond: limits.retriesPerSecond)
    }

    /// Connections that are open or being opened.
    package var connectionCount: Int { open.count + opening }
    package var waitingCount: Int { waiters.count }
    package var idleCount: Int { idle.count }

    /// Nobody is idle, and half of the connections there may be are in use: others may soon have to wait.
    package var isScarce: Bool { idle.isEmpty && open.count >= max(limits.connections / 2, 1) }

    // MARK: Obtaining

    /// A connection at once, if one is idle; else nil, and the client will be called.
    ///
    /// - Parameter fresh: after a reused connection has failed the exchange, only a new one will do.
    package func obtain(for client: any UpstreamClient, fresh: Bool = false) -> UpstreamConnection? {
        // To know takes a system call: it is not made where few connections are in use.
        let isBusy = connectionCount &- idle.count > limits.connections / 4
        let pace = isBusy || fresh || idle.isEmpty ? client.pace : .prompt
        if !fresh, hasRoom(for: pace), let connection = idle.popLast() {
            connection.assign(to: client, pace: pace)
            return connection
        }
        if fresh, let stale = idle.first, connectionCount >= limits.connections {
            // Room for the new one.
            stale.discard()
        }
        var displaced: (any UpstreamClient)?
        if !hasRoomInLine(for: pace) {
            // A party that has filled the line, or the half of it that is for those who are not prompt, gives way to one
            // that has not.
            displaced = waiters.displaceNewest(for: client, amongSlow: pace != .prompt)
            guard displaced != nil else {
                client.connectionRefused(.queueFull)
                return nil
            }
        }
        waiters.append(client, pace: pace, needsNew: fresh)
        displaced?.connectionRefused(.queueFull)
        openMore()
        relieve()
        return nil
    }

    /// Takes back a request for a connection that has not been had yet.
    package func withdraw(_ client: any UpstreamClient) { waiters.remove(client) }

    private func hasRoomInLine(for pace: ClientPace) -> Bool {
        waiters.count < limits.waiting && (pace == .prompt || slowWaiting < max(limits.waiting / 2, 1))
    }

    /// Whether one more request may be sent a second time.
    package func mayRetry() -> Bool { retries.take(at: loop.now) }

    private func openMore() {
        // None for those who could not have it: an upstream that closes idle connections would be dialled without end.
        // And few at a time for those who cannot take an answer: a hundred handshakes at once cost everybody else.
        let narrow = min(waiters.narrowCount, limits.openingForNarrow, max(roomForNarrow, 0))
        let slow = waiters.sendingCount + narrow
        let wanted = waiters.promptCount + min(slow, max(roomForSlow, 0))
        while isOpen, opening < wanted, connectionCount < limits.connections {
            opening += 1
            if let known = addresses.current(at: loop.now) {
                dial(known)
            } else {
                resolve()
            }
        }
    }

    private func resolve() {
        let (host, port) = endpoint.firstHop
        if let known = Resolver.immediate(host, port: port) {
            addresses.keep(known, until: .max)
            return dial(known)
        }
        awaitingAddresses += 1
        guard awaitingAddresses == 1 else { return }
        lookUp { [weak self] result in self?.resolved(result) }
    }

    private func lookUp(_ done: @escaping (Result<[SocketAddress], Resolver.Failure>) -> Void) {
        let (host, port) = endpoint.firstHop
        resolver.resolve(host, port: port, on: loop, limit: timeouts.lookUp, done: done)
    }

    private func resolved(_ result: Result<[SocketAddress], Resolver.Failure>) {
        let attempts = awaitingAddresses
        awaitingAddresses = 0
        guard isOpen else { return }
        if case .success(let found) = result { keep(found) }
        for _ in 0..<attempts {
            switch result {
            case .success(let found): dial(found)
            case .failure(let failure):
                openingEnded(isThroughProxy ? .egress(.nameNotResolved(failure)) : .nameNotResolved(failure))
            }
        }
    }

    // MARK: Where the name leads

    private func keep(_ found: [SocketAddress]) {
        addresses.keep(found, until: loop.deadline(in: timeouts.addressLife))
        for connection in open.values where addresses.isGone(connection.address) { connection.retire() }
    }

    /// A network that has changed shows in connections that go on to where nobody is any more.
    private func watchAddresses() {
        guard watch == nil, isOpen, Resolver.immediate(endpoint.firstHop.host, port: 0) == nil else { return }
        let watch = PoolTimer(loop: loop) { [weak self] in self?.refreshAddresses() }
        self.watch = watch
        watch.set(in: timeouts.addressLife)
    }

    private func refreshAddresses() {
        guard isOpen, !open.isEmpty else { return stopWatching() }
        watch?.set(in: timeouts.addressLife)
        lookUp { [weak self] result in
            // What cannot be looked up now is no reason to leave where all may be well.
            guard let self, isOpen, case .success(let found) = result else { return }
            keep(found)
        }
    }

    private func stopWatching() {
        watch?.stop()
        watch = nil
    }

    /// A connection has failed an exchange in a way that the network may be the reason of: what is idle on the same
    /// way would fail others one by one, and the name may lead elsewhere by now.
    func suspect(_ address: SocketAddress) {
        addresses.forget()
        addresses.demote(address)
        for connection in idle where connection.address == address { connection.discard() }
    }

    // MARK: Dialling

    private func dial(_ addresses: [SocketAddress], attempt: Int = 0) {
        var key: ObjectIdentifier?
        let limit = loop.deadline(in: timeouts.connect)
        let dialer = Dialer(loop: loop, addresses: addresses, limit: limit) { [weak self] result in
            guard let self else { return }
            if let key { dialers[key] = nil }
            dialed(result, of: addresses, attempt: attempt)
        }
        key = ObjectIdentifier(dialer)
        dialers[ObjectIdentifier(dialer)] = dialer
    }

    private func dialed(
        _ result: Result<Dialer.Connected, SystemError>, of candidates: [SocketAddress], attempt: Int
    ) {
        switch result {
        case .success(let connected):
            do throws(SystemError) {
                let connection = try UpstreamConnection(connected, pool: self, loop: loop, limits: limits.heads)
                connection.otherAddresses = candidates.filter { $0 != connected.address }
                connection.attempt = attempt
                connection.open()
            } catch {
                openingEnded(notConnected(error))
            }
        case .failure(let error):
            // The name may lead elsewhere by now: the next attempt asks again, unless it was not for the address.
            if !error.isShortage { addresses.forget() }
            openingEnded(notConnected(error))
        }
    }

    private var isThroughProxy: Bool { endpoint.proxy != nil }

    private func notConnected(_ error: SystemError) -> UpstreamFailure {
        if error.isShortage { return .noSocket(error) }
        guard isThroughProxy else { return error == .timedOut ? .connectTimedOut : .notConnected(error) }
        return .egress(error == .timedOut ? .connectTimedOut : .notConnected(error))
    }

    // MARK: Slow clients

    func clientIsAwaited(_ connection: UpstreamConnection) {
        awaitingClients.append(connection)
        relieve()
    }

    func clientIsNotAwaited(_ connection: UpstreamConnection) {
        guard let index = awaitingClients.firstIndex(where: { $0 === connection }) else { return }
        awaitingClients.swapAt(index, awaitingClients.count - 1)
        awaitingClients.removeLast()
    }

    func slowClientsChanged(from old: SlowClients, to new: SlowClients) {
        slowClients.replace(old, by: new)
        // In the next round: this may be the middle of an exchange.
        if new.all < old.all || new.narrow < old.narrow, slowWaiting > 0 { relieve(in: 0) }
    }

    /// How many wait that are not prompt. Half of the line is theirs.
    private var slowWaiting: Int { waiters.sendingCount + waiters.narrowCount }

    /// How many more connections clients that are not prompt may have: half of them all is theirs.
    private var roomForSlow: Int { max(limits.connections / 2, 1) - slowClients.all }

    /// An eighth of them all is for those of them that have hardly room for an answer.
    private var roomForNarrow: Int { min(roomForSlow, max(limits.connections / 8, 1) - slowClients.narrow) }

    private func hasRoom(for pace: ClientPace) -> Bool {
        switch pace {
        case .prompt: true
        case .sending: roomForSlow > 0
        case .narrow: roomForNarrow > 0
        }
    }

    /// The one whose turn it is and who may have that connection.
    private func takeWaiter(for connection: UpstreamConnection) -> WaitingLine.Waiter? {
        // Those without room not before those of whom it is not known that they will have to be waited for.
        let maySend = hasRoom(for: .sending)
        let mayBeNarrow = hasRoom(for: .narrow) && waiters.sendingCount == 0
        let isUnused = connection.isUnused
        return waiters.takeNext { kind in
            guard isUnused || !kind.needsNew else { return false }
            return switch kind.pace {
            case .prompt: true
            case .sending: maySend
            case .narrow: mayBeNarrow
            }
        }
    }

    private func assign(_ connection: UpstreamConnection, to waiter: WaitingLine.Waiter) {
        connection.assign(to: waiter.client, pace: waiter.kind.pace)
        waiter.client.connectionObtained(connection)
    }

    /// Clients that take their time, over their body or the answer, may hold half of the connections between them, and an
    /// eighth those that have hardly room for an answer. Where they hold more than half, and an exchange waits for one,
    /// the client that has done nothing for longest gives way. Where they hold their share and another such client waits
    /// it does so too, but not often: each time a connection has to be opened, which costs all others.
    private func relieve() {
        while let rest = timeUntilRelief() {
            guard rest <= 0 else { return relieve(in: rest) }
            guard let slowest = whoGivesWay else { return }
            leaving += 1
            lastRelief = loop.now
            slowest.giveWay()
        }
    }

    /// In nanoseconds; nil where nobody has to give way.
    private func timeUntilRelief() -> Int64? {
        let holdTooMany =
            connectionCount >= limits.connections && awaitingClients.count > limits.connections / 2
            && waiters.count > opening + leaving
        let lackRoom = (roomForSlow <= 0 ? waiters.sendingCount : 0) + (roomForNarrow <= 0 ? waiters.narrowCount : 0)
        // Before the slowest is looked for among all.
        guard holdTooMany || lackRoom > leaving, let since = whoGivesWay?.waitsForClientSince else { return nil }
        let rest = since &+ timeouts.slowClient &- loop.now
        if holdTooMany {
            // Where very many wait there is less time for each.
            return waiters.count > limits.connections ? rest &- timeouts.slowClient / 3 * 2 : rest
        }
        // Nothing is gained where one who cannot take an answer follows another.
        let pause = waiters.sendingCount > 0 ? timeouts.slowClient / 16 : timeouts.slowClient / 2
        return max(rest, lastRelief &+ pause &- loop.now)
    }

    /// Who has done nothing for longest. To one that cannot take an answer only another of these gives way.
    private var whoGivesWay: UpstreamConnection? {
        let onlyNarrow = roomForSlow > 0 || waiters.count == waiters.narrowCount
        return awaitingClients.lazy.filter { !onlyNarrow || $0.isForNarrowClient }
            .min { $0.waitsForClientSince ?? 0 < $1.waitsForClientSince ?? 0 }
    }

    /// Connections that had been kept from slow clients, once these have room.
    private func handOutIdle() {
        while let connection = idle.last, let waiter = takeWaiter(for: connection) {
            idle.removeLast()
            assign(connection, to: waiter)
        }
    }

    private func relieve(in nanoseconds: Int64) {
        guard isOpen else { return }
        let timer = relief ?? PoolTimer(loop: loop) { [weak self] in
            self?.handOutIdle()
            self?.openMore()
            self?.relieve()
        }
        relief = timer
        timer.set(in: nanoseconds)
    }

    // MARK: What connections report

    func connectionOpened(_ connection: UpstreamConnection) {
        opening -= 1
        open[ObjectIdentifier(connection)] = connection
        watchAddresses()
        connectionFreed(connection)
        // Not all who wait are dialled for at once.
        openMore()
    }

    /// Connected, and then no use: another address may be better. Where the peer has proved to be somebody else, or a
    /// proxy has answered, the reason is not the address.
    func openingFailed(_ connection: UpstreamConnection, _ failure: UpstreamFailure) {
        addresses.demote(connection.address)
        guard failure.isOfTheAddress else { return openingEnded(failure) }
        addresses.forget()
        let others = connection.otherAddresses
        guard isOpen, !others.isEmpty, connection.attempt < limits.furtherAddresses else { return openingEnded(failure) }
        dial(others, attempt: connection.attempt + 1)
    }

    /// One attempt failed; it was somebody's hope, and the one whose turn it is is told.
    private func openingEnded(_ failure: UpstreamFailure) {
        opening -= 1
        waiters.takeNext()?.client.connectionRefused(failure)
        openMore()
    }

    func connectionFreed(_ connection: UpstreamConnection) {
        guard isOpen else { return connection.discard() }
        guard let waiter = takeWaiter(for: connection) else {
            // For one who needs a new one, where there is no room for it, this one makes room.
            if waiters.needingNewCount > 0, connectionCount >= limits.connections { return connection.discard() }
            idle.append(connection)
            return
        }
        assign(connection, to: waiter)
    }

    func connectionClosed(_ connection: UpstreamConnection) {
        open[ObjectIdentifier(connection)] = nil
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
        if connection.givesWay { leaving -= 1 }
        openMore()
    }

    // MARK: Ending

    /// Closes what is idle and keeps nothing from now on; exchanges under way go on.
    package func close() {
        isOpen = false
        stopWatching()
        relief?.stop()
        relief = nil
        for connection in idle { connection.discard() }
        for dialer in dialers.values { dialer.cancel() }
        dialers.removeAll()
    }
}
