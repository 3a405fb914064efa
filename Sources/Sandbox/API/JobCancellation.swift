enum JobCancellation {
    /// Stops a job on one of the shelves, or tells that it had ended.
    static func cancel(
        _ id: String, on shelf: WritableKeyPath<SandboxContents, Shelf<Job>>, _ exchange: Exchange
    ) throws(Refusal) -> SandboxAnswer {
        let now = exchange.now
        guard var job = exchange.state.update({ $0[keyPath: shelf][id] }) else { throw .notFound("Job") }
        guard job.cancel(now: now) else { throw .jobEnded }
        let cancelled = job
        _ = exchange.state.update { $0[keyPath: shelf].put(cancelled, under: id) }
        return SandboxAnswer(json: cancelled.document(now: now))
    }
}
