import Control
import JSON

/// What a running instance of this user says of itself on its control socket.
struct DoctorInstance {
    let version: String
    /// As it announces them, with the ports it was given.
    let listeners: [String]
    let confinement: DoctorConfinement?

    private static let what = "the instance runs this version"

    /// The one that is running, and what that shows. Blocks.
    static func find() -> (DoctorInstance?, DoctorFinding) {
        do throws(Stop) {
            guard let instance = try Instance.find(nil) else { return (nil, skipped("none of this user's is running")) }
            guard let found = DoctorInstance(try instance.ask(.status(.json))) else {
                return (nil, skipped("its answer is not understood"))
            }
            return (found, found.finding)
        } catch {
            return (nil, skipped(error.bareMessage))
        }
    }

    private init?(_ text: String) {
        guard case .object(let members)? = try? JSONValue(parsing: Array(text.utf8).span),
            case .string(let version)? = members.first(where: { $0.name == "version" })?.value,
            case .array(let listeners)? = members.first(where: { $0.name == "listeners" })?.value
        else { return nil }
        self.version = version
        confinement = DoctorConfinement(members)
        self.listeners = listeners.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    private var finding: DoctorFinding {
        DoctorFinding(
            what: Self.what, place: "control socket",
            outcome: version == Version.current
                ? .held
                : .failed(
                    "it is \(version), and this program \(Version.current)", mend: "restart it, or send it USR2"))
    }

    private static func skipped(_ why: String) -> DoctorFinding {
        DoctorFinding(what: what, place: "control socket", outcome: .skipped(why))
    }
}
