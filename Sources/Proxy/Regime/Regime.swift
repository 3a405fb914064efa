import Observability
import Policy
import Transport
import Upstream
import Wire

/// One configuration in force on one event loop.
///
/// An exchange takes hold of the one in force when it begins and keeps it to its end, so a configuration that takes
/// the place of another never changes a decision in the middle. What is no part of a configuration stays with the
/// ``WorkerCore``: connections, listeners, tokens. The last exchange that ends lets the regime go, and with it the
/// upstream connections that its successor had no use for.
final class Regime {
    let number: UInt64
    let door: Door
    let gate: Gate
    let bodies: AnswerBodies
    let timeouts: DownstreamTimeouts
    let headLimits: HeadLimits
    /// By the indices the gate chooses.
    let credentials: [TokenEntry]
    /// Without the credentials: a secret that is replaced must not live on for as long as a configuration.
    let settings: ProxySettings
    var accessLog: AccessLog?
    private var clients: ClientDesk?
    private let listeners: [(number: Int, place: Int)]
    private var pools = PerUpstream<PoolLease>()
    private let resources: LoopResources

    init(_ generation: Generation, on resources: LoopResources) {
        var settings = generation.settings
        credentials = zip(generation.credentials, settings.credentials).map { resources.tokens.hold($0, $1) }
        settings.credentials = []
        self.resources = resources
        self.settings = settings
        number = generation.number
        door = Door(settings, counter: resources.peers)
        gate = Gate(settings: settings)
        bodies = AnswerBodies(bases: gate.urls, secrets: resources.secrets)
        timeouts = settings.timeouts
        headLimits = settings.headLimits
        accessLog = settings.accessLog.map { AccessLog(format: $0, sink: settings.sink) }
        clients = settings.clients.map { ClientDesk($0) }
        listeners = generation.listeners.map { (number: $0.listener.number, place: $0.place) }
        if let proxy = settings.egressProxy { resources.tokens.hold(proxy) }
    }

    deinit {
        for entry in credentials { resources.tokens.release(entry) }
        if let proxy = settings.egressProxy { resources.tokens.release(proxy) }
    }

    // MARK: Listeners

    /// Which of the configured listeners that is; nil for one that this configuration does not have.
    func place(ofListener number: Int) -> Int? { listeners.first { $0.number == number }?.place }

    // MARK: Clients

    func clientCheck() -> ClientCheck {
        guard let table = clients?.table else { return .none }
        return .key(table, at: Clock.wallNanoseconds() / 1_000_000_000)
    }

    // MARK: Upstreams

    func pool(_ name: UpstreamName) -> UpstreamPool? {
        if let lease = pools[name] { return lease.pool }
        guard let base = settings.bases[name] else { return nil }
        let lease = resources.makePool(base.endpoint, settings)
        pools[name] = lease
        return lease.pool
    }

    var poolStatuses: [ProxyStatus.Pool] {
        UpstreamName.allCases.compactMap { name in
            guard let pool = pools[name]?.pool else { return nil }
            return ProxyStatus.Pool(
                upstream: name, authority: String(decoding: pool.endpoint.authority, as: UTF8.self),
                open: pool.connectionCount, idle: pool.idleCount, waiting: pool.waitingCount)
        }
    }

    /// Connections of the one before that are opened as this one would open them go on.
    func takeOverPools(of former: Regime) {
        for (name, base) in settings.bases {
            guard let lease = former.pools[name],
                lease.fits(base.endpoint, settings.poolLimits, settings.upstreamTimeouts)
            else { continue }
            pools[name] = lease
        }
    }

    // MARK: Accounts

    /// An upstream sent one of our secrets back.
    func secretsMasked(_ count: Int, _ record: borrowing AccessRecord) {
        settings.logger.error(
            "an upstream's answer held a secret of ours; it was masked",
            metadata: ["route": "\(record.route)", "upstream": "\(record.upstream)", "count": "\(count)"])
    }

    // MARK: Ending

    /// For the end of the program.
    func closePools() { for lease in pools.values { lease.pool.close() } }
}
