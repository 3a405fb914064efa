import ArgumentParser
import ClientKeys
import JSON
import KeyStore
import Transport

struct KeysList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the keys: what each may do, and what it has used today.")

    @Flag(help: "As JSON, for programs.")
    var json = false

    @OptionGroup var place: KeysFileFlags

    func run() throws {
        let file = try place.file()
        let records = try file.records()
        let used = StateFolder.path(in: Startup.environment()).flatMap { folder in
            try? UsageFile(in: folder, of: file.path).load()
        }
        let now = Clock.wallNanoseconds()
        let today = DayCount.day(ofWallNanoseconds: now)
        let reports = records.map { record in
            KeyReport(record, usedToday: used?[record.name].map { $0.rolled(to: today).count } ?? 0, now: now)
        }
        guard !json else { return Output.standardOutput.write(JSONValue.array(reports.map(\.value)).text) }
        guard !reports.isEmpty else {
            return Output.standardError.write("There are no keys in \(file.path). Make one: cartouche keys add NAME")
        }
        let head = ["NAME", "STATE", "MADE", "RATE", "TODAY", "FOR"]
        Output.standardOutput.write(TextTable([head] + reports.map(\.row)).description)
    }
}

/// One key as it is listed.
struct KeyReport {
    private let record: KeyRecord
    private let usedToday: UInt64
    private let now: Int64

    /// - Parameter now: in nanoseconds since 1970.
    init(_ record: KeyRecord, usedToday: UInt64, now: Int64) {
        self.record = record
        self.usedToday = usedToday
        self.now = now / 1_000_000_000
    }

    private var state: String {
        if let revoked = record.revoked { return "revoked \(KeyTime.show(revoked))" }
        if let end = record.expires { return (now >= end ? "expired " : "until ") + KeyTime.show(end) }
        return "in use"
    }

    var row: [String] {
        let rate = record.rate.map { "\($0.text) (\($0.burst) at once)" } ?? "-"
        let quota = record.quota.map { " of \($0)" } ?? ""
        return [
            record.name, state, String(KeyTime.show(record.created).prefix(10)), rate, "\(usedToday)\(quota)",
            record.scope.text,
        ]
    }

    var value: JSONValue {
        .object([
            "name": .string(record.name),
            "created": .string(KeyTime.show(record.created)),
            "expires": .optional(record.expires.map(KeyTime.show)),
            "revoked": .optional(record.revoked.map(KeyTime.show)),
            "old_secret_until": .optional(record.previous.flatMap { $0.until > now ? KeyTime.show($0.until) : nil }),
            "routes": record.scope.routes.map { .strings($0.patterns.map(\.text)) } ?? .null,
            "connections": record.scope.connections.map { .strings($0) } ?? .null,
            "read_only": .boolean(record.scope.isReadOnly),
            "rate": .optional(record.rate?.text),
            "burst": record.rate.map { .number($0.burst) } ?? .null,
            "quota_per_day": record.quota.map { .number($0) } ?? .null,
            "used_today": .number(Int(clamping: usedToday)),
        ])
    }
}
