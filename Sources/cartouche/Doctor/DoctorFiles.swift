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

    func findings() -> [DoctorFinding] { [state()] + sockets() }

    /// Tokens are encrypted; still nobody else has any business there.
    private func state() -> DoctorFinding {
        let what = "kept tokens are yours alone"
        guard settings.tokens.areKeptOnDisk, let folder = StateFolder.path(in: Startup.environment()) else {
            return DoctorFinding(what: what, place: "token_cache", outcome: .skipped("none are kept"))
        }
        guard let mode = Self.mode(of: folder) else {
            return DoctorFinding(what: what, place: folder, outcome: .skipped("there is no such folder"))
        }
        let isLoose = mode & 0o077 != 0
        return DoctorFinding(
            what: what, place: folder,
            outcome: isLoose
                ? .failed(
                    "its mode is \(String(mode & 0o7777, radix: 8))", mend: "chmod 700 \(ShellWord.quoted(folder))")
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
