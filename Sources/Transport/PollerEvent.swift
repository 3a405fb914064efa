/// One descriptor's news.
struct PollerEvent {
    /// What was given when the descriptor was added.
    let tag: UInt64
    let readiness: Readiness
}
