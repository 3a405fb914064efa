#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension RunningProxy {
    /// How long a successor may take until it serves, in seconds: it may have to run the commands of secrets.
    private static let successorPatience: Int32 = 60

    /// Starts the program once more and gives it the sockets. What it cannot do is said, and this one goes on.
    ///
    /// - Returns: the process that serves now; nil where this one does.
    func handOver(_ spawner: any SuccessorSpawner, _ manager: ServiceManager) async -> Int32? {
        guard !isHandingOver else { return nil }
        isHandingOver = true
        defer { isHandingOver = false }
        log.logger.notice("handing over: the program is started once more")
        clients.keys?.keepUsage(log.logger)
        let listeners = listeners
        // Above all that are set in the new process.
        let sockets = listeners.duplicates(above: HandedSockets.firstDescriptor + Int32(listeners.count) + 1)
        defer { for socket in sockets { close(socket.descriptor) } }
        do throws(Stop) {
            guard sockets.count == listeners.count else { throw Stop(.runtime, "there are no descriptors left") }
            let successor = try spawner.start(handing: sockets)
            if let reason = await wait(for: successor) {
                throw Stop(.runtime, "process \(successor.process): \(reason)")
            }
            manager.isSucceeded(by: successor.process)
            log.logger.notice("handed over to process \(successor.process)")
            return successor.process
        } catch {
            log.logger.error("not handed over, this process goes on: \(error.message)")
            return nil
        }
    }

    private func wait(for successor: any Successor) async -> String? {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: successor.awaitReady(seconds: Self.successorPatience)) }
        }
    }
}
