import Transport
import Upstream

/// What one event loop has whatever the configuration: regimes are made with it.
final class LoopResources {
    let loop: EventLoop
    let tokens: TokenDesk
    let secrets = SecretGuard()
    private let resolver: Resolver

    init(loop: EventLoop, resolver: Resolver) {
        self.loop = loop
        self.resolver = resolver
        tokens = TokenDesk(loop: loop, secrets: secrets)
    }

    func makePool(_ endpoint: Endpoint, _ settings: ProxySettings) -> PoolLease {
        PoolLease(
            UpstreamPool(
                endpoint: endpoint, loop: loop, resolver: resolver, limits: settings.poolLimits,
                timeouts: settings.upstreamTimeouts))
    }
}
