import Credentials
import Policy

/// How the proxy is doing, for people and for programs that watch it. It holds no secret.
package struct ProxyStatus: Sendable {
    /// Connections to one upstream, all event loops together.
    package struct Pool: Sendable {
        package let upstream: UpstreamName
        package let authority: String
        /// Open or being opened; of these, those that nobody uses.
        package var open: Int
        package var idle: Int
        /// Requests that wait for one.
        package var waiting: Int
    }

    /// Counts the configurations that were in force, from 1.
    package let generation: UInt64
    package let isEnding: Bool
    package let loops: Int
    package var counters = LoopCounters()
    /// Of clients, open now.
    package var connections = 0
    /// Requests that wait for a token.
    package var waitingForToken = 0
    package var pools: [Pool] = []
    package var credentials: [CredentialStatus] = []

    mutating func add(_ loop: LoopStatus) {
        counters = counters + loop.counters
        connections += loop.connections
        waitingForToken += loop.waitingForToken
        for pool in loop.pools {
            guard let known = pools.firstIndex(where: { $0.upstream == pool.upstream }) else {
                pools.append(pool)
                continue
            }
            pools[known].open += pool.open
            pools[known].idle += pool.idle
            pools[known].waiting += pool.waiting
        }
    }
}

/// One event loop's part of it.
struct LoopStatus: Sendable {
    let counters: LoopCounters
    let connections: Int
    let waitingForToken: Int
    let pools: [ProxyStatus.Pool]
}

/// What may be known of one credential. It holds no token.
package struct CredentialStatus: Sendable {
    package enum Standing: Sendable {
        /// Fetched here.
        case fetched(TokenStatus)
        /// Given as it is.
        case given(StaticToken.Standing, generation: UInt64)
    }

    package let name: String
    package let kind: CredentialKind
    package let standing: Standing
}
