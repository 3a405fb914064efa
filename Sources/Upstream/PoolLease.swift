/// A pool that several configurations may share: it is closed when the last one that uses it has gone.
///
/// Connections hold their pool, and a pool its idle connections, so it would never go by itself.
package final class PoolLease {
    package let pool: UpstreamPool

    package init(_ pool: UpstreamPool) { self.pool = pool }

    deinit { pool.close() }

    /// Whether the pool is as one made of these would be.
    package func fits(_ endpoint: Endpoint, _ limits: PoolLimits, _ timeouts: UpstreamTimeouts) -> Bool {
        pool.endpoint == endpoint && pool.limits == limits && pool.timeouts == timeouts
    }
}
