import Transport

/// An event loop for tests, owned by an actor, driven by Dispatch as in the product.
package actor LoopActor {
    package nonisolated let executor: LoopExecutor
    private let loop: EventLoop
    private var kept: [AnyObject] = []

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private init(executor: LoopExecutor) {
        self.executor = executor
        loop = EventLoop(executor: executor)
    }

    private func turn() { loop.turn() }

    /// - Returns: the loop, and what must be held for it to run.
    package static func start() throws -> (LoopActor, LoopDriver) {
        let executor = try LoopExecutor()
        let actor = LoopActor(executor: executor)
        return (actor, LoopDriver(executor: executor, label: "test.loop") { actor.assumeIsolated { $0.turn() } })
    }

    /// Does something on the loop.
    package func run<Value: Sendable>(_ body: @Sendable (EventLoop) throws -> Value) rethrows -> Value {
        try body(loop)
    }

    /// Does something on the loop and holds on to the result.
    package func keep(_ body: @Sendable (EventLoop) throws -> AnyObject) rethrows { kept.append(try body(loop)) }

    /// Uses what was kept.
    package func use<Kept: AnyObject, Value: Sendable>(
        _ type: Kept.Type, _ body: @Sendable (Kept) throws -> Value
    ) rethrows -> Value? {
        for object in kept { if let object = object as? Kept { return try body(object) } }
        return nil
    }

    package func drop() { kept.removeAll() }
}
