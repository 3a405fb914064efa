import Transport
import Upstream

/// What one event loop has whatever the configuration: regimes are made with it.
final class LoopResources {
    let loop: EventLoop
    let tokens: TokenDesk
    let secrets = SecretGuard()
    /// Of all loops.
    let peers: PeerCounter
    private let resolver: Resolver

    init(loop: EventLoop, resolver: Resolver, peers: PeerCounter) {
        self.loop = loop
        self.resolver = resolver
        self.peers = peers
        tokens = TokenDesk(loop: loop, secrets: secrets)
    }

    func makePool(_ endpoint: Endpoint, _ settings: ProxySettings) -> PoolLease {
        PoolLease(
            UpstreamPool(
                endpoint: endpoint, loop: loop, resolver: resolver, limits: settings.poolLimits,
                timeouts: settings.upstreamTimeouts))
    }
}
