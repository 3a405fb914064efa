import Audit
import Dispatch
import Synchronization

/// The audit log of a running program: event loops hand in what they served, a queue of its own writes it.
///
/// With ``FailureMode/refuse`` a request is begun only if there is a place for its line, which is kept free until it
/// is needed; so no request is served of which nothing will be written.
package final class AuditTrail: Sendable {
    /// What becomes of requests while nothing can be written.
    package enum FailureMode: Sendable {
        /// They are refused.
        case refuse
        /// They are served, and how many is written as soon as something can be.
        case serve
    }

    /// What happened that somebody should know of.
    package enum News: Equatable, Sendable {
        case failing(AuditTrailError)
        case recovered
        /// Lines that were there are there no longer.
        case cutFound
    }

    private struct State {
        var entries: [AuditEntry] = []
        /// Places that requests under way have kept.
        var reserved = 0
        var lost = 0
        var isWriting = false
        var isFailing = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "cartouche.audit")
    // Used on the queue only.
    private nonisolated(unsafe) let log: AuditLog
    private nonisolated(unsafe) var lastSynchronised: Int64 = 0
    private nonisolated(unsafe) var hasToldCut = false
    private let mode: FailureMode
    private let clock: @Sendable () -> Int64
    private let tell: @Sendable (News) -> Void

    /// Lines that may wait to be written, those of requests under way included: with 200 bytes each, a few MiB.
    package static let limit = 32_768
    /// How long the disk is not waited for after it was, in nanoseconds, and how often writing is tried again.
    private static let pause: Int64 = 1_000_000_000

    /// Opens the log and writes its first line.
    ///
    /// - Parameters:
    ///   - opener: of the log.
    ///   - clock: nanoseconds since 1970.
    ///   - tell: called from a queue.
    package init(
        path: String, stateFolder: String, mode: FailureMode, opener: @escaping AuditFile.Opener = AuditFile.opener,
        clock: @escaping @Sendable () -> Int64, tell: @escaping @Sendable (News) -> Void
    ) throws(AuditTrailError) {
        self.mode = mode
        self.clock = clock
        self.tell = tell
        let log = try AuditLog(path: path, stateFolder: stateFolder, opener: opener)
        unsafe self.log = log
        let now = clock()
        try log.append([AuditEntry(at: now, .event(.started))], at: now)
        try log.synchronise()
        if log.hasFoundCut {
            unsafe hasToldCut = true
            tell(.cutFound)
        }
    }

    // MARK: On event loops

    /// Keeps a place for a request that is about to be served. False: it must be refused.
    package func reserve() -> Bool {
        guard mode == .refuse else { return true }
        return state.withLock { state in
            guard !state.isFailing, state.reserved + state.entries.count < Self.limit else { return false }
            state.reserved += 1
            return true
        }
    }

    /// Hands in the line of a request that has ended.
    ///
    /// - Parameter isReserved: whether ``reserve()`` kept a place for it. A request that was refused for want of one
    ///   is told of if there is room, and counted if not.
    package func submit(_ request: AuditEntry.Request, at wall: Int64, isReserved: Bool) {
        let mustStart = state.withLock { state -> Bool in
            if isReserved, mode == .refuse { state.reserved -= 1 }
            guard isReserved && mode == .refuse || state.reserved + state.entries.count < Self.limit else {
                state.lost += 1
                return false
            }
            state.entries.append(AuditEntry(at: wall, .request(request)))
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustStart { queue.async { self.write() } }
    }

    // MARK: On the queue

    private func write() {
        while true {
            let (entries, lost) = state.withLock { state -> ([AuditEntry], Int) in
                defer {
                    state.entries = []
                    state.lost = 0
                }
                return (state.entries, state.lost)
            }
            let now = clock()
            if entries.isEmpty, lost == 0 {
                let isDone = state.withLock { state in
                    if state.entries.isEmpty { state.isWriting = false }
                    return state.entries.isEmpty
                }
                if isDone { return scheduleSynchronising() }
                continue
            }
            do throws(AuditTrailError) {
                let notes = lost > 0 ? [AuditEntry(at: now, .event(.lost(lost)))] : []
                try unsafe log.append(notes + entries, at: now)
                if unsafe now - lastSynchronised >= Self.pause { try synchronise(now) }
                succeeded()
            } catch {
                failed(error, entries, lost)
                return queue.asyncAfter(deadline: .now() + .nanoseconds(Int(Self.pause))) { self.write() }
            }
        }
    }

    private func synchronise(_ now: Int64) throws(AuditTrailError) {
        try unsafe log.synchronise()
        unsafe lastSynchronised = now
    }

    private func scheduleSynchronising() {
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(Self.pause))) { try? self.synchronise(self.clock()) }
    }

    private func succeeded() {
        let wasFailing = state.withLock { state in
            defer { state.isFailing = false }
            return state.isFailing
        }
        if wasFailing { tell(.recovered) }
        if unsafe log.hasFoundCut, unsafe !hasToldCut {
            unsafe hasToldCut = true
            tell(.cutFound)
        }
    }

    /// What could not be written comes first when it can be; in the other mode it is counted, so as not to pile up.
    private func failed(_ error: AuditTrailError, _ entries: [AuditEntry], _ lost: Int) {
        let wasFailing = state.withLock { state in
            defer { state.isFailing = true }
            state.lost += lost
            switch mode {
            case .refuse: state.entries = entries + state.entries
            case .serve: state.lost += entries.count
            }
            return state.isFailing
        }
        if !wasFailing { tell(.failing(error)) }
    }

    /// Writes what is left and the last line; for the end of the program.
    package func stop() {
        queue.sync {
            let (entries, lost) = state.withLock { state -> ([AuditEntry], Int) in
                defer { state.entries = [] }
                return (state.entries, state.lost)
            }
            let now = clock()
            let notes = lost > 0 ? [AuditEntry(at: now, .event(.lost(lost)))] : []
            do throws(AuditTrailError) {
                try unsafe log.append(entries + notes + [AuditEntry(at: now, .event(.stopped))], at: now)
                try synchronise(now)
            } catch {
                tell(.failing(error))
            }
        }
    }
}
