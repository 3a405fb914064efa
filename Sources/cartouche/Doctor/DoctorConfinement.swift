import JSON
import OwnFiles

/// Whether a running instance has given up what it does not need: what the kernel says of its process, and what it says
/// itself.
struct DoctorConfinement {
    let process: Int
    /// What it says is missing, and why.
    let missing: [String]
    let landlock: Int?

    init?(_ members: [JSONValue.Member]) {
        func member(_ name: String, _ members: [JSONValue.Member]) -> JSONValue? {
            members.first { $0.name == name }?.value
        }
        guard case .number(let process)? = member("pid", members),
            case .object(let confinement)? = member("confinement", members)
        else { return nil }
        self.process = process
        if case .number(let version)? = member("landlock", confinement) { landlock = version } else { landlock = nil }
        guard case .array(let missing)? = member("missing", confinement) else { return nil }
        self.missing = missing.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    func findings() -> [DoctorFinding] {
        [
            finding("it cannot gain privileges", isHeld: field("NoNewPrivs") == "1"),
            // 2: by a filter (proc(5)).
            finding("it makes the system calls it needs only", isHeld: field("Seccomp") == "2"),
            // The kernel shows nobody which rules of Landlock bind a process.
            finding("it reaches the files and ports it needs only", isHeld: landlock != nil),
        ]
    }

    private func finding(_ what: String, isHeld: Bool) -> DoctorFinding {
        DoctorFinding(what: what, place: "process \(process)", outcome: isHeld ? .held : notHeld)
    }

    /// What the machine has not is nobody's fault.
    private var notHeld: DoctorFinding.Outcome {
        let key = "insecure_no_confinement"
        if missing.contains(key) { return .failed("\(key) is on", mend: "take \(key) away and start it anew") }
        guard missing.isEmpty else { return .skipped(missing.joined(separator: "; ")) }
        return .failed("it says that it does, the kernel does not", mend: "report it")
    }

    private func field(_ name: String) -> String? {
        guard let bytes = try? SystemFile.read("/proc/\(process)/status", limit: 16 << 10) else { return nil }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("\(name):") }
        return line?.split(whereSeparator: { $0 == ":" || $0 == "\t" || $0 == " " }).last.map(String.init)
    }
}
