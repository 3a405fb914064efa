import Confinement
import JSON

/// Whether this process has given up what it does not need.
enum ConfinementState: Sendable {
    /// `insecure_no_confinement`.
    case forgone
    case impossible(String)
    /// What is in force. No steward stands by where nothing of it keeps this process from anything.
    case confined(ConfinementOutcome, steward: StewardClient?)
}

extension ConfinementState: CustomStringConvertible {
    var description: String {
        switch self {
        case .forgone: "none: insecure_no_confinement"
        case .impossible(let reason): "none: \(reason)"
        case .confined(let outcome, let steward):
            "\(outcome)" + (steward.map { "; steward: process \($0.process)" } ?? "")
        }
    }

    var value: JSONValue {
        var outcome: ConfinementOutcome?
        var missing: [String] = []
        var process: Int?
        switch self {
        case .forgone: missing = ["insecure_no_confinement"]
        case .impossible(let reason): missing = [reason]
        case .confined(let found, let steward):
            outcome = found
            missing = found.missing
            process = steward.map { Int($0.process) }
        }
        let members: [JSONValue.Member] = [
            .init(name: "landlock", value: Self.number(outcome?.landlockVersion)),
            .init(name: "seccomp", value: .boolean(outcome?.filtersCalls == true)),
            .init(name: "no_new_privs", value: .boolean(outcome?.refusesPrivileges == true)),
            .init(name: "missing", value: .strings(missing)), .init(name: "steward", value: Self.number(process)),
        ]
        return .object(members)
    }

    private static func number(_ value: Int?) -> JSONValue {
        if let value { .number(value) } else { .null }
    }
}
