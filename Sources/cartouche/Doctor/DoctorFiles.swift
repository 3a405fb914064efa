import Configuration
import Transport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What of the program lies on the disk, and who else can get at it. What the configuration names is checked when that
/// is read.
struct DoctorFiles {
    let settings: Settings

    func findings() -> [DoctorFinding] { [state()] + clients() + sockets() }

    /// Tokens are encrypted; still nobody else has any business there.
    private func state() -> DoctorFinding {
        let what = "kept tokens are yours alone"
        guard settings.tokens.areKeptOnDisk, let folder = StateFolder.path(in: Startup.environment()) else {
            return DoctorFinding(what: what, place: "token_cache", outcome: .skipped("none are kept"))
        }
        return own(folder, what: what, mode: 0o700)
    }

    /// Of keys there are hashes only, and the audit log names who did what.
    private func clients() -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if settings.clients.areAuthenticated, let path = settings.clients.keysFile {
            findings.append(own(path, what: "clients' keys are yours alone", mode: 0o600))
        }
        if let path = settings.clients.auditLog {
            findings.append(own(path, what: "the audit log is yours alone", mode: 0o600))
        }
        return findings
    }

    private func own(_ path: String, what: String, mode wanted: UInt32) -> DoctorFinding {
        guard let mode = Self.mode(of: path) else {
            return DoctorFinding(what: what, place: path, outcome: .skipped("it is not there"))
        }
        let isLoose = mode & 0o777 & ~wanted != 0
        return DoctorFinding(
            what: what, place: path,
            outcome: isLoose
                ? .failed(
                    "its mode is \(String(mode & 0o7777, radix: 8))",
                    mend: "chmod \(String(wanted, radix: 8)) \(ShellWord.quoted(path))")
                : .held)
    }

    private func sockets() -> [DoctorFinding] {
        settings.listen.compactMap { address in
            guard case .unix(let path) = address else { return nil }
            return socket(path)
        }
    }

    private func socket(_ path: String) -> DoctorFinding {
        let what = "a socket's file has the mode it was given"
        guard let mode = Self.mode(of: path) else {
            return DoctorFinding(what: what, place: path, outcome: .skipped("there is no such file"))
        }
        if mode & 0o777 & ~UInt32(settings.peers.socketMode) != 0 {
            return DoctorFinding(
                what: what, place: path,
                outcome: .failed(
                    "its mode is \(String(mode & 0o777, radix: 8))",
                    mend: "chmod \(String(settings.peers.socketMode, radix: 8)) \(ShellWord.quoted(path))"))
        }
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        if let mode = Self.mode(of: folder), mode & 0o022 != 0, mode & UInt32(S_ISVTX) == 0 {
            return DoctorFinding(
                what: what, place: path,
                outcome: .failed(
                    "others can put another socket in its place", mend: "chmod go-w \(ShellWord.quoted(folder))"))
        }
        return DoctorFinding(what: what, place: path, outcome: .held)
    }

    private static func mode(of path: String) -> UInt32? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? UInt32(status.st_mode) : nil
    }
}

/// The user this program runs as.
func ownUser() -> UInt32 { UInt32(geteuid()) }
