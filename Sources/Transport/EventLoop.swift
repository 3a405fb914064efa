/// One event loop: descriptors, deadlines, and the scratch memory of whoever is being called.
///
/// It belongs to an actor on its ``LoopExecutor`` and is used from there only, which the compiler sees
/// to: it is not `Sendable`. Dispatch calls ``turn()`` when the poller's descriptor is readable.
package final class EventLoop {
    package let executor: LoopExecutor
    let connector: any Connector

    /// The boot clock at the start of this round, in nanoseconds. Reading it costs nothing.
    package var now: Int64 { roundStart }
    // Apart, because only what is private is known to the compiler to need no check of exclusive access.
    private var roundStart: Int64

    /// The number of this round.
    private(set) var round: UInt64 = 0

    /// How long an idle loop waits in the poller before it hands its thread back to Dispatch, which costs
    /// several system calls and a change of threads. Measured: 24.0 µs a request without, 17.7 µs with.
    private static let linger: Int64 = 50_000_000

    /// Deadlines are kept to about this, in nanoseconds: many of them are then found in one sweep. No longer than that
    /// a connection stays unwatched (``register(accepted:_:)``).
    private static let deadlineResolution: Int64 = 20_000_000

    private var handlers: [(any EventHandler)?] = []
    private let generations = PlainTable<UInt32>()
    private let deadlines = PlainTable<Int64>()
    /// The descriptors that are not watched yet; -1: none.
    private let unwatched = PlainTable<Int32>()
    /// Those of which some may still be unwatched, and when that ends (boot clock).
    private var soonWatched: [Registration] = []
    private var watchDue: Int64 = .max
    private var free: [UInt32] = []
    private var earliest: Int64 = .max
    /// When the poller's alarm goes off (boot clock); nil: it is not set.
    private var alarm: Int64?
    private var events: [PollerEvent] = []
    private var gathering = Gathering()
    /// Lets events gather; tests have their own.
    var pause: () -> Void = { Clock.pause(nanoseconds: Gathering.time) }
    private var again: [(Registration, Readiness)] = []
    private var waiting: [UInt64: ((any Sendable)?) -> Void] = [:]
    private var lastNumber: UInt64 = 0

    /// Told what the kernel would not do, of each kind once in ``refusalPause`` at the most: there may be thousands.
    package var whenRefused: (KernelRefusal) -> Void = { _ in }
    private var refusalsTold: [KernelRefusal.Kind: Int64] = [:]
    private static let refusalPause: Int64 = 10_000_000_000

    /// Memory for one read, lent to whoever is being called.
    package var scratch = Scratch()

    package init(executor: LoopExecutor, connector: any Connector = OwnConnector()) {
        self.executor = executor
        self.connector = connector
        roundStart = Clock.bootNanoseconds()
    }

    // MARK: Registrations

    /// Watches a connection's descriptor, by edges.
    package func register(connection descriptor: Int32, _ handler: any EventHandler) throws(SystemError) -> Registration
    {
        try register(descriptor, .connectionEdges, handler)
    }

    /// A connection that is watched when its handler asks for it (``watch(_:)``), and soon in any case.
    ///
    /// A client that has asked when it is let in, and for whom its connection ends with the answer, is never waited for:
    /// the kernel is not asked to watch that one, which is a fifteenth of all that such a request takes. What cannot be
    /// watched is told as hung up.
    ///
    /// To be called from within a round: nobody wakes a loop for it that sleeps in Dispatch, and none does so before it
    /// has lingered, which is longer than this takes.
    package func register(accepted descriptor: Int32, _ handler: any EventHandler) -> Registration {
        let registration = place(handler)
        unwatched[Int(registration.index)] = descriptor
        if soonWatched.isEmpty { watchDue = deadline(in: Self.deadlineResolution) }
        soonWatched.append(registration)
        return registration
    }

    /// Watches from here on what was registered as accepted; changes nothing where that is so already.
    package func watch(_ registration: Registration) {
        guard isCurrent(registration) else { return }
        let index = Int(registration.index)
        let descriptor = unwatched[index]
        guard descriptor >= 0 else { return }
        unwatched[index] = -1
        do {
            try executor.poller.add(descriptor, tag: registration.tag, interest: .connectionEdges)
        } catch {
            tell(KernelRefusal(kind: .watching, error: error))
            // Not now: the handler may be in the middle of something.
            again.append((registration, .hungUp))
        }
    }

    func tell(_ refusal: KernelRefusal) {
        if let told = refusalsTold[refusal.kind], now &- told < Self.refusalPause { return }
        refusalsTold[refusal.kind] = now
        whenRefused(refusal)
    }

    private func watchThoseDue() {
        guard now >= watchDue else { return }
        watchDue = .max
        // Nobody is called from here, so none is added.
        for index in soonWatched.indices { watch(soonWatched[index]) }
        soonWatched.removeAll(keepingCapacity: true)
    }

    /// Watches a listener that other loops may watch, too.
    package func register(listener descriptor: Int32, _ handler: any EventHandler) throws(SystemError) -> Registration {
        try register(descriptor, .sharedListener, handler)
    }

    /// Watches nothing: a place for a deadline.
    package func registerTimer(_ handler: any EventHandler) -> Registration { place(handler) }

    private func register(_ descriptor: Int32, _ interest: Interest, _ handler: any EventHandler) throws(SystemError)
        -> Registration
    {
        let registration = place(handler)
        do {
            try executor.poller.add(descriptor, tag: registration.tag, interest: interest)
            return registration
        } catch {
            vacate(registration)
            throw error
        }
    }

    /// Stops watching; to be called before the descriptor is closed.
    package func deregister(_ registration: Registration, descriptor: Int32) {
        executor.poller.remove(descriptor)
        vacate(registration)
    }

    /// Lets go of a handler whose descriptor is being closed by its owner right now, which the kernel takes
    /// as the end of watching: one system call less per connection.
    package func forget(_ registration: Registration) { vacate(registration) }

    /// Visits everyone registered now.
    package func forEachHandler(_ body: (any EventHandler) -> Void) {
        for handler in handlers { if let handler { body(handler) } }
    }

    private func place(_ handler: any EventHandler) -> Registration {
        if let index = free.popLast() {
            handlers[Int(index)] = handler
            return Registration(index: index, generation: generations[Int(index)])
        }
        handlers.append(handler)
        generations.append(0)
        deadlines.append(.max)
        unwatched.append(-1)
        return Registration(index: UInt32(truncatingIfNeeded: handlers.count - 1), generation: 0)
    }

    private func vacate(_ registration: Registration) {
        guard isCurrent(registration) else { return }
        let index = Int(registration.index)
        handlers[index] = nil
        generations[index] &+= 1
        deadlines[index] = .max
        unwatched[index] = -1
        free.append(registration.index)
    }

    private func isCurrent(_ registration: Registration) -> Bool {
        let index = Int(registration.index)
        return index < generations.count && generations[index] == registration.generation
    }

    // MARK: Deadlines

    /// Sets, moves or clears (`Int64.max`) the one deadline of a registration: boot clock, nanoseconds.
    package func setDeadline(_ registration: Registration, at deadline: Int64) {
        guard isCurrent(registration) else { return }
        deadlines[Int(registration.index)] = deadline
        if deadline < earliest { earliest = deadline }
    }

    /// The same, `nanoseconds` from now; `Int64.max`: none.
    package func setDeadline(_ registration: Registration, in nanoseconds: Int64) {
        setDeadline(registration, at: deadline(in: nanoseconds))
    }

    /// The deadline `duration` from now.
    package func deadline(in nanoseconds: Int64) -> Int64 {
        let (sum, overflow) = now.addingReportingOverflow(nanoseconds)
        return overflow ? .max : sum
    }

    /// Calls those whose time has come. A sweep reads one number per registration (10,000 of them: some
    /// microseconds) and happens only when the earliest deadline known has passed.
    private func sweepDeadlines() {
        guard now >= earliest else { return }
        var next = Int64.max
        var index = 0
        while index < deadlines.count {
            let deadline = deadlines[index]
            if deadline <= now {
                deadlines[index] = .max
                handlers[index]?.deadlinePassed()
                // What the handler set is seen by the minimum below, as it was lowered into `earliest`.
            } else if deadline < next {
                next = deadline
            }
            index += 1
        }
        earliest = next
        for index in 0..<deadlines.count where deadlines[index] < earliest { earliest = deadlines[index] }
        // Sweeps at least this far apart: a crowd of near deadlines is served in one.
        if earliest != .max { earliest = max(earliest, now + Self.deadlineResolution) }
    }

    // MARK: Running

    /// Calls the handler once more in the next round, for work that is left after a fair share was done.
    package func callAgain(_ registration: Registration) { again.append((registration, [.readable, .writable])) }

    /// Does blocking work on `pool` and calls `done` on this loop with its result; with nil where the pool is full.
    package func perform<Value: Sendable>(
        on pool: BlockingPool, _ work: @escaping @Sendable () -> Value, done: @escaping (Value?) -> Void
    ) {
        let expectation = expectation()
        whenFulfilled(expectation, done)
        let started = pool.run { expectation.fulfil(work()) }
        if !started { expectation.fulfil(nil) }
    }

    /// Something that other threads may tell this loop.
    package func expectation() -> Expectation {
        lastNumber &+= 1
        return Expectation(executor: executor, number: lastNumber)
    }

    /// Calls `done` on this loop once it was told; with nil where that is no `Value`.
    package func whenFulfilled<Value: Sendable>(_ expectation: Expectation, _ done: @escaping (Value?) -> Void) {
        waiting[expectation.number] = { done($0 as? Value) }
    }

    /// Whatever is told comes too late.
    package func disregard(_ expectation: Expectation) {
        expectation.withdraw()
        waiting[expectation.number] = nil
    }

    /// Handles what is ready until nothing has been for a while, then returns the thread.
    package func turn() {
        // Nil until the clock was read: what ``now`` says is from before the sleep in Dispatch.
        var lastBusy: Int64?
        while true {
            var mayWait = false
            if again.isEmpty, let lastBusy {
                let idle = now - lastBusy
                guard idle < Self.linger else { break }
                // Straight away as long as it may take: asking first whether anything is ready, without waiting,
                // would be one system call more for each time the loop is woken (a third of those of a lone client).
                // Only before a pause it is asked.
                let end = min(deadline(in: Self.linger - idle), earliest, watchDue)
                mayWait = end > now
                if mayWait { wakeUp(by: end) }
            }
            let roundEnd = mayWait ? Clock.bootNanoseconds() : nil
            let brought = mayWait && gathering.takesTurn() ? gather() : wait(mayWait: mayWait)
            let nextStart = Clock.bootNanoseconds()
            // Not the first one, which began before the sleep in Dispatch.
            if lastBusy != nil {
                let end = roundEnd ?? nextStart
                gathering.noteRound(worked: end &- now, waited: nextStart &- end, brought)
            }
            roundStart = nextStart
            round &+= 1
            if brought.count > 0 || !again.isEmpty {
                handOut()
                lastBusy = now
            } else if lastBusy == nil {
                lastBusy = now
            }
            sweepDeadlines()
            watchThoseDue()
        }
        alarm = earliest == .max ? nil : earliest
        executor.poller.setAlarm(alarm)
    }

    /// Adds what is ready to ``events``; waits for it, if it may.
    private func wait(mayWait: Bool) -> Gathering.Wait {
        let (count, isAlarm) = executor.poller.wait(&events, mayWait: mayWait)
        // By what was seen and not by the clock: the alarm's need not be ours to the nanosecond.
        if isAlarm { alarm = nil }
        return Gathering.Wait(count: count)
    }

    /// Adds what is ready, or else what is ready after a pause. That may be nothing: the next sleep is then no pause.
    private func gather() -> Gathering.Wait {
        let ready = wait(mayWait: false)
        if ready.count > 0 { return ready }
        pause()
        return Gathering.Wait(count: wait(mayWait: false).count, isPause: true)
    }

    /// Sets the alarm unless it goes off before `end` already: then too early, and the rest is slept after it.
    ///
    /// So it is set some tens of times a second and not for every sleep, as the kernel does for a wait with a limit of its
    /// own: a lone client's request takes 4 to 10 % less.
    private func wakeUp(by end: Int64) {
        if let alarm, alarm <= end { return }
        alarm = end
        executor.poller.setAlarm(end)
    }

    private func handOut() {
        var isMailDue = false
        let leftOver = again
        again.removeAll(keepingCapacity: true)
        // By index: handlers register and deregister while they run.
        var position = 0
        while position < events.count {
            let event = events[position]
            position += 1
            let registration = Registration(tag: event.tag)
            if isCurrent(registration) {
                handlers[Int(registration.index)]?.becameReady(event.readiness)
            } else {
                // The poller's own descriptors; or a handler that went while its event was under way.
                isMailDue = true
            }
        }
        events.removeAll(keepingCapacity: true)
        for (registration, readiness) in leftOver where isCurrent(registration) {
            handlers[Int(registration.index)]?.becameReady(readiness)
        }
        if isMailDue {
            for completion in executor.runDelivered() {
                waiting.removeValue(forKey: completion.number)?(completion.value)
            }
        }
    }
}
