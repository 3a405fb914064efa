internal import CSystem
internal import Synchronization

/// Names to addresses, off the loops, for all of them.
///
/// Those who ask for a name while it is being looked up wait for the same answer, each as long as it may. A look-up that
/// hangs cannot be ended; so that it does not have all threads, a name has two at the most, the second only when the
/// first has hung for a while.
package final class Resolver: Sendable {
    /// Looks a name up on the calling thread, however long that takes. Ports are 0.
    package typealias LookUp = @Sendable (_ host: String) -> Result<[SocketAddress], Failure>

    private let pool: BlockingPool
    private let lookUp: LookUp
    private let flights = Mutex<[String: Flight]>([:])

    /// Look-ups of one name at a time.
    private static let attemptLimit = 2
    private let patience: Int64

    private struct Flight {
        var attempts = 0
        var begun: Int64
        var waiters: [Expectation] = []
    }

    /// - Parameter patience: after so long a look-up is taken to hang, and the next who asks starts another; in
    ///   nanoseconds.
    package init(pool: BlockingPool, patience: Int64 = 15_000_000_000, lookUp: @escaping LookUp = Resolver.ask) {
        self.pool = pool
        self.patience = patience
        self.lookUp = lookUp
    }

    package enum Failure: Error, Equatable, Sendable {
        case nameUnknown
        case resolverUnavailable
        case timedOut
        /// Too many look-ups are waiting already.
        case overloaded

        package var explanation: String {
            switch self {
            case .nameUnknown: "the name cannot be resolved"
            case .resolverUnavailable: "the name server does not answer"
            case .timedOut: "the name was not resolved in time"
            case .overloaded: "too many name look-ups are waiting"
            }
        }
    }

    /// What needs no look-up: numeric addresses, and `localhost`, which never leaves the machine (RFC 6761 §6.3).
    package static func immediate(_ host: String, port: UInt16) -> [SocketAddress]? {
        if let address = SocketAddress(numeric: host, port: port) { return [address] }
        guard host == "localhost" else { return nil }
        return [.ipv6(high: 0, low: 1, scope: 0, port: port), .ipv4(0x7F00_0001, port: port)]
    }

    /// Looks `host` up and calls `done` on the loop, once and not at once, in the resolver's order of preference.
    ///
    /// - Parameter limit: how long it is waited for, in nanoseconds.
    package func resolve(
        _ host: String, port: UInt16, on loop: EventLoop, limit: Int64,
        done: @escaping (Result<[SocketAddress], Failure>) -> Void
    ) {
        let wait = ResolutionWait(loop: loop, limit: limit) { (result: Result<[SocketAddress], Failure>) in
            done(result.map { $0.map { $0.with(port: port) } })
        }
        join(host, wait.expectation)
    }

    private func join(_ host: String, _ waiter: Expectation) {
        let now = Clock.bootNanoseconds()
        let mustStart = flights.withLock { flights -> Bool in
            var flight = flights[host] ?? Flight(begun: now)
            flight.waiters.removeAll { !$0.isWanted }
            flight.waiters.append(waiter)
            let isHanging = flight.attempts > 0 && now &- flight.begun > patience
            let mustStart = flight.attempts == 0 || isHanging && flight.attempts < Self.attemptLimit
            if mustStart {
                flight.attempts += 1
                flight.begun = now
            }
            flights[host] = flight
            return mustStart
        }
        guard mustStart else { return }
        let started = pool.run { self.land(host, self.lookUp(host)) }
        if !started { land(host, .failure(.overloaded)) }
    }

    /// Whichever look-up ends first answers everyone who waits.
    private func land(_ host: String, _ result: Result<[SocketAddress], Failure>) {
        let waiters = flights.withLock { flights -> [Expectation] in
            guard var flight = flights[host] else { return [] }
            let waiters = flight.waiters
            flight.waiters = []
            flight.attempts -= 1
            flights[host] = flight.attempts > 0 ? flight : nil
            return waiters
        }
        for waiter in waiters { waiter.fulfil(result) }
    }

    /// Asks the C library, and so whatever this machine resolves names by.
    @Sendable package static func ask(_ host: String) -> Result<[SocketAddress], Failure> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = cartouche_stream_socket
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &list)
        defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
        guard code == 0 else { return .failure(code == EAI_AGAIN ? .resolverUnavailable : .nameUnknown) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let raw = unsafe entry.pointee.ai_addr,
                let address = unsafe SocketAddress(raw, length: entry.pointee.ai_addrlen)
            {
                addresses.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? .failure(.nameUnknown) : .success(addresses)
    }
}

/// One who waits for a name, on its loop.
private final class ResolutionWait: EventHandler {
    private unowned let loop: EventLoop
    private var done: ((Result<[SocketAddress], Resolver.Failure>) -> Void)?
    private var timer: Registration?
    private(set) var expectation: Expectation

    init(loop: EventLoop, limit: Int64, done: @escaping (Result<[SocketAddress], Resolver.Failure>) -> Void) {
        self.loop = loop
        self.done = done
        expectation = loop.expectation()
        // Each holds this one until one of them has come.
        loop.whenFulfilled(expectation) { [self] (result: Result<[SocketAddress], Resolver.Failure>?) in
            end(result ?? .failure(.overloaded))
        }
        let timer = loop.registerTimer(self)
        self.timer = timer
        loop.setDeadline(timer, in: limit)
    }

    func becameReady(_ readiness: Readiness) {}

    func deadlinePassed() { end(.failure(.timedOut)) }

    private func end(_ result: Result<[SocketAddress], Resolver.Failure>) {
        let done = self.done
        self.done = nil
        loop.disregard(expectation)
        if let timer { loop.forget(timer) }
        timer = nil
        done?(result)
    }
}

extension SocketAddress {
    func with(port: UInt16) -> SocketAddress {
        switch self {
        case .ipv4(let address, _): .ipv4(address, port: port)
        case .ipv6(let high, let low, let scope, _): .ipv6(high: high, low: low, scope: scope, port: port)
        case .unix: self
        }
    }
}
