/// What came of one of the doctor's attacks.
struct DoctorFinding: Sendable {
    enum Outcome: Sendable, Equatable {
        case held
        /// What happened instead, and the line that mends it.
        case failed(String, mend: String)
        case skipped(String)
    }

    let what: String
    let place: String
    let outcome: Outcome

    var hasFailed: Bool {
        if case .failed = outcome { return true }
        return false
    }
}
