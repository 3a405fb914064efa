import JSON
import Proxy

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a running instance is doing.
struct StatusReport {
    let status: ProxyStatus
    let listeners: [String]
    let confinement: ConfinementState
    /// On the boot clock, in nanoseconds, as is `now`.
    let upSince: Int64
    let droppedLines: Int
    let now: Int64

    private var uptime: Int { Int((now &- upSince) / 1_000_000_000) }

    private static let classes = ["2xx", "3xx", "4xx", "5xx"]

    var text: String {
        let counters = status.counters
        let answers = zip(Self.classes, counters.answers).map { "\($0) \($1)" }.joined(separator: ", ")
        var rows = [
            ["version", Version.current],
            ["process", "\(getpid())\(status.isEnding ? ", ending" : "")"],
            ["up", TimeSpan.text(Int64(uptime))],
            ["configuration", "generation \(status.generation)"],
            ["listening on", listeners.joined(separator: ", ")],
            ["event loops", "\(status.loops)"],
            ["confinement", "\(confinement)"],
            ["connections", "\(status.connections) open, \(counters.accepted) in all"],
            ["answers", "\(answers); \(counters.ownErrors) of them errors made here"],
            ["bodies", "\(counters.bytesIn) bytes in, \(counters.bytesOut) bytes out"],
            ["guard", "\(counters.masked) secrets masked, \(counters.cut) answers cut"],
            ["log", "\(droppedLines) lines dropped"],
            ["waiting for a token", "\(status.waitingForToken)"],
        ]
        for pool in status.pools {
            rows.append([
                "upstream \(pool.upstream.rawValue)",
                "\(pool.authority): \(pool.open) connections, \(pool.idle) idle, \(pool.waiting) requests waiting",
            ])
        }
        let tokens = TokenReport.text(status.credentials.map { TokenReport(status: $0, source: nil, now: now) })
        return TextTable(rows).description + "\n" + tokens
    }

    var value: JSONValue {
        func member(_ name: String, _ value: JSONValue) -> JSONValue.Member { .init(name: name, value: value) }
        func number(_ name: String, _ value: Int) -> JSONValue.Member { .init(name: name, value: .number(value)) }
        let counters = status.counters
        let answers = zip(Self.classes, counters.answers).map { number($0, $1) }
        var members = [
            member("version", .string(Version.current)), number("pid", Int(getpid())),
            member("ending", .boolean(status.isEnding)), number("uptime_s", uptime),
            number("generation", Int(clamping: status.generation)), member("listeners", .strings(listeners)),
            number("loops", status.loops), member("confinement", confinement.value),
        ]
        members += [
            number("connections", status.connections), number("connections_accepted", counters.accepted),
            member("answers", .object(answers)), number("own_errors", counters.ownErrors),
            number("bytes_in", Int(counters.bytesIn)), number("bytes_out", Int(counters.bytesOut)),
            number("secrets_masked", counters.masked), number("answers_cut", counters.cut),
            number("log_lines_dropped", droppedLines), number("waiting_for_token", status.waitingForToken),
        ]
        members.append(member("upstreams", .array(status.pools.map(Self.value))))
        let credentials = status.credentials.map { TokenReport(status: $0, source: nil, now: now).value }
        members.append(member("credentials", .array(credentials)))
        return .object(members)
    }

    private static func value(_ pool: ProxyStatus.Pool) -> JSONValue {
        .object([
            "name": .string(pool.upstream.rawValue), "authority": .string(pool.authority),
            "open": .number(pool.open), "idle": .number(pool.idle), "waiting": .number(pool.waiting),
        ])
    }
}
