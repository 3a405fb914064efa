/// Work that takes a while: an import, an export, a statement.
struct Job: Sendable {
    enum Status: String, Sendable {
        case pending
        case running
        case success
        case cancelled
    }

    let id: String
    /// Seconds since 1970.
    let createdAt: Int64
    let finishesAt: Int64
    /// What the client asked for, as the job's document repeats it.
    let details: [JSONMember]
    private var isCancelled = false

    init(now: Int64, duration: Int64, details: [JSONMember]) {
        id = Randomness.uuid()
        createdAt = now
        finishesAt = now &+ max(duration, 0)
        self.details = details
    }

    func status(now: Int64) -> Status {
        if isCancelled { return .cancelled }
        if now >= finishesAt { return .success }
        return now == createdAt ? .pending : .running
    }

    /// Stops the work; false when it had ended.
    mutating func cancel(now: Int64) -> Bool {
        switch status(now: now) {
        case .success, .cancelled: return false
        case .pending, .running:
            isCancelled = true
            return true
        }
    }

    /// A detail that is a text.
    func detail(_ name: String) -> String? {
        details.first { $0.name == name }?.value.asText
    }

    func document(now: Int64) -> JSONValue {
        .object(
            [
                JSONMember(name: "id", value: .text(id)),
                JSONMember(name: "status", value: .text(status(now: now).rawValue)),
                JSONMember(name: "createdAt", value: .text(timestamp(createdAt))),
            ] + details)
    }
}
