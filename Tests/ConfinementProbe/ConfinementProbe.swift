import CSystem
import Confinement
import Glibc

/// Gives up what a server gives up, tries one thing and ends with its `errno`, or 0 where it could be done.
///
///     ConfinementProbe [--keep FOLDER] [--read FOLDER] [--port NUMBER] ATTEMPT [ARGUMENT]
@main
enum ConfinementProbe {
    static func main() {
        cartouche_end_crash_reports()
        var arguments = CommandLine.arguments.dropFirst()
        var grants = Grants(trees: Grants.system(environment: [:]), ports: [])
        while let option = arguments.first, option.hasPrefix("--") {
            let value = arguments.dropFirst().first ?? ""
            switch option {
            case "--keep": grants.trees.append(Grants.Tree(value, .keeping))
            case "--read": grants.trees.append(Grants.Tree(value, .reading))
            case "--port": grants.ports.insert(UInt16(value) ?? 0)
            default: exit(254)
            }
            arguments = arguments.dropFirst(2)
        }
        let attempt = arguments.popFirst() ?? ""
        let argument = arguments.popFirst() ?? ""
        if attempt == "steward" { exit(tryingSteward(argument)) }
        let outcome = Confinement.confine(to: grants)
        if attempt == "outcome" {
            print(outcome)
            exit(outcome.isWhole ? 0 : 1)
        }
        exit(trying(attempt, argument))
    }

    private static func trying(_ attempt: String, _ argument: String) -> Int32 {
        switch attempt {
        case "read": return result(of: open(argument, O_RDONLY))
        case "list": return opendir(argument) == nil ? errno : 0
        case "append": return result(of: open(argument, O_WRONLY | O_APPEND))
        case "create": return result(of: open(argument, O_WRONLY | O_CREAT | O_EXCL, 0o600))
        case "replace":
            let aside = argument + ".new"
            let file = open(aside, O_WRONLY | O_CREAT | O_EXCL, 0o600)
            guard file >= 0, write(file, "x", 1) == 1, fsync(file) == 0 else { return errno }
            return result(of: rename(aside, argument))
        case "remove": return result(of: unlink(argument))
        case "status":
            var status = stat()
            return result(of: stat(argument, &status))
        case "connect": return connecting(UInt16(argument) ?? 0)
        case "bind": return result(of: withSocketAddress(port: 0) { bind(socket(AF_INET, 1, 0), $0, $1) })
        case "listen": return result(of: listen(socket(AF_INET, 1, 0), 1))
        case "packets": return result(of: socket(AF_PACKET, 3, 0))
        case "datagrams": return result(of: socket(AF_INET, 2, 0))
        case "other-protocol":
            // IPPROTO_MPTCP, which reaches whoever speaks TCP.
            return result(of: socket(AF_INET, 1, 262))
        case "fast-open":
            // MSG_FASTOPEN
            return result(
                of: withSocketAddress(port: UInt16(argument) ?? 0) {
                    Int32(truncatingIfNeeded: sendto(socket(AF_INET, 1, 0), "x", 1, 0x2000_0000, $0, $1))
                })
        case "abstract": return connecting(byName: [0] + Array(argument.utf8))
        case "by-path": return connecting(byName: Array(argument.utf8))
        case "pair":
            var pair: [Int32] = [-1, -1]
            return result(of: socketpair(AF_UNIX, 2, 0, &pair))
        case "mode": return result(of: chmod(argument, 0o777))
        case "owner": return result(of: fcntl(STDIN_FILENO, F_SETOWN, getppid()))
        case "nice": return result(of: setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(getppid()), 19))
        case "nice-self": return result(of: setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19))
        case "resolve":
            var list: UnsafeMutablePointer<addrinfo>?
            return getaddrinfo(argument, nil, nil, &list)
        case "start": return starting("/bin/true")
        case "execute":
            var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/true"), nil]
            return result(of: execv("/bin/true", &arguments))
        case "fork": return result(of: cartouche_fork())
        case "trace": return result(of: Int32(truncatingIfNeeded: cartouche_call(Int(SYS_ptrace), 0, 0, 0)))
        case "peek": return result(of: Int32(truncatingIfNeeded: cartouche_call(Int(SYS_process_vm_readv), 1, 0, 0)))
        case "unknown": return result(of: Int32(truncatingIfNeeded: cartouche_call(4000, 0, 0, 0)))
        case "signal": return result(of: kill(Int32(argument) ?? 0, 0))
        case "signal-self": return result(of: kill(getpid(), 0))
        case "code": return result(of: mmap(nil, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0)
        case "executable":
            let page = mmap(nil, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            return result(of: mprotect(page, 4096, 5))
        case "memory": return result(of: mmap(nil, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0)
        case "thread":
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { _ in nil }, nil)
            return code == 0 ? pthread_join(thread, nil) : code
        case "thread-read":
            // What holds for the process holds for its threads.
            var thread = pthread_t()
            let path = strdup(argument)
            guard pthread_create(&thread, nil, readInThread, path) == 0 else { return errno }
            var code: UnsafeMutableRawPointer?
            pthread_join(thread, &code)
            return Int32(Int(bitPattern: code))
        case "abort": abort()
        // PR_SET_DUMPABLE: letting others read the memory again.
        case "exposure": return result(of: Int32(truncatingIfNeeded: cartouche_call(Int(SYS_prctl), 4, 1, 0)))
        default: return 254
        }
    }

    private static func result(of value: Int32) -> Int32 { value < 0 ? errno : 0 }

    private static func starting(_ program: String) -> Int32 {
        var id = pid_t()
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), nil]
        return posix_spawn(&id, program, nil, nil, &arguments, environ)
    }

    private static func withSocketAddress(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    private static func connecting(_ port: UInt16) -> Int32 {
        result(of: withSocketAddress(port: port) { connect(socket(AF_INET, 1, 0), $0, $1) })
    }

    /// To a Unix-domain socket: by its path, or by a name that begins with NUL.
    private static func connecting(byName name: [UInt8]) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        return result(
            of: withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    let descriptor = socket(AF_UNIX, 1, 0)
                    return descriptor < 0 ? -1 : connect(descriptor, $0, socklen_t(2 + name.count))
                }
            })
    }
}

private let readInThread: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { path in
    guard let path else { return nil }
    let descriptor = open(path.assumingMemoryBound(to: CChar.self), O_RDONLY)
    return descriptor >= 0 ? nil : UnsafeMutableRawPointer(bitPattern: Int(errno))
}
