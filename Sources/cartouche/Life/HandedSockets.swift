import Configuration
import Transport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Sockets that whoever started this process has opened for it: the service manager (sd_listen_fds(3)), or the
/// process whose place this one takes.
struct HandedSockets: Sendable {
    struct Handed: Sendable {
        let listener: Listener
        /// The address as it was configured, where a process of ours handed it over.
        let configured: String?
    }

    /// The first of them, by convention.
    static let firstDescriptor: Int32 = 3

    private(set) var listeners: [Handed] = []
    /// Where the process before waits for a word; to be closed after it.
    private let report: Int32?

    /// Nothing was handed over.
    init() { report = nil }

    /// Takes them, and the variables that tell of them, so that no program started from here believes them meant for
    /// it. To be called before there is a second thread.
    init(environment: [String: String]) throws(Stop) {
        defer { for name in HandOver.variables { unsafe unsetenv(name) } }
        report = HandOver.isForUs(environment) ? environment[HandOver.reportVariable].flatMap { Int32($0) } : nil
        if let report { _ = fcntl(report, F_SETFD, FD_CLOEXEC) }
        let isManaged = environment["LISTEN_PID"] == String(ProcessSetup.number)
        guard isManaged || HandOver.isForUs(environment), let count = environment["LISTEN_FDS"].flatMap({ Int32($0) }),
            (1...1024).contains(count)
        else { return }
        let names = environment["LISTEN_FDNAMES", default: ""].split(separator: ":", omittingEmptySubsequences: false)
        for index in 0..<count {
            let name = names.indices.contains(Int(index)) ? String(names[Int(index)]) : ""
            let own = isManaged ? nil : HandOver.decode(name)
            let path = own.flatMap { $0.address.hasPrefix("unix:") ? String($0.address.dropFirst(5)) : nil }
            do throws(Transport.SystemError) {
                let listener = try Listener(
                    adopting: Self.firstDescriptor + index, address: path.map { .unix(path: $0) },
                    isShared: own?.isShared ?? true)
                listeners.append(Handed(listener: listener, configured: own?.address))
            } catch {
                throw Stop(
                    .usage, "cartouche: descriptor \(Self.firstDescriptor + index) was handed over in LISTEN_FDS and is "
                        + "no stream socket that listens: \(error.explanation)")
            }
        }
    }

    /// The listener for an address that is configured; it is taken out.
    mutating func take(_ address: ListenAddress) -> Listener? {
        guard let wanted = try? ListenerSet.socketAddress(address),
            let index = listeners.firstIndex(where: { handed in
                handed.configured.map { $0 == "\(wanted)" } ?? (handed.listener.address == wanted)
            })
        else { return nil }
        return listeners.remove(at: index).listener
    }

    /// A socket of the service manager that no address of the configuration means would be listened on by nobody.
    func checkAllTaken() throws(Stop) {
        guard let left = listeners.first(where: { $0.configured == nil }) else { return }
        throw Stop(
            .usage, "cartouche: the service manager handed over a socket at \(left.listener.address), which is none of "
                + "the addresses of listen; add it there, or take it out of the socket unit")
    }

    /// Tells the process before that this one serves.
    func reportReady() {
        guard let report else { return }
        var line = Array(HandOver.ready.utf8)
        _ = unsafe write(report, &line, line.count)
        close(report)
    }
}
