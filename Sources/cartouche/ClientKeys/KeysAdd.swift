import ArgumentParser
import ClientKeys
import Policy
import Transport

struct KeysAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a key and print it, once.",
        discussion: """
            A key may do what the policy allows, and less if it is told so here:

                cartouche keys add maria
                cartouche keys add map-page --routes 'GET /v3/maps/{rest...}' --read-only --rate 50/s
                cartouche keys add ci --connections carto_dw --quota 5000/day --expires 90d
            """)

    @Argument(help: "Whose it is: letters, digits, and -._@. It stands in logs.")
    var name: String

    @Option(
        help: ArgumentHelp(
            "A route it may use, as in the routes of the configuration; repeatable. Without any: all.",
            valueName: "methods path"))
    var routes: [String] = []

    @Option(
        help: ArgumentHelp(
            "A connection it may use; repeatable. Routes that name no connection are then closed to it.",
            valueName: "name"))
    var connections: [String] = []

    @Flag(help: "Only requests that are known to only read.")
    var readOnly = false

    @Option(help: ArgumentHelp("Requests in a time: 10/s, 600/min, 5000/h.", valueName: "rate"))
    var rate: String?

    @Option(help: ArgumentHelp("How many may come at once after a pause; usually what a second allows.",
        valueName: "count"))
    var burst: Int?

    @Option(help: ArgumentHelp("Requests in a day of UTC: 5000/day.", valueName: "quota"))
    var quota: String?

    @Option(help: ArgumentHelp("When it ends: 90d, or a date such as 2027-01-31.", valueName: "time"))
    var expires: String?

    @OptionGroup var place: KeysFileFlags

    func run() throws {
        let now = Clock.wallSeconds
        let key = try NewKey()
        let remark = try place.remarkOnUse()
        let record = try record(key.digest, now: now)
        let scope = try place.change { (records) throws(Stop) in
            // A revoked key's name may be used again; a key that opens something is not replaced by accident.
            if let index = records.firstIndex(where: { $0.name == name }) {
                guard records[index].revoked != nil else {
                    throw Stop(
                        .usage,
                        "cartouche: there is a key \(name) already; give it another secret with: "
                            + "cartouche keys rotate \(name)")
                }
                records.remove(at: index)
            }
            guard records.count < KeyFileFormat.limit else {
                throw Stop(.usage, "cartouche: there are \(KeyFileFormat.limit) keys already; revoke some")
            }
            records.append(record)
            return record.scope.text
        }
        let shown = "This is the key of \(name), for \(scope). It is shown this once; only its hash is kept."
        key.show([shown] + [remark].compactMap(\.self))
    }

    private func record(_ digest: KeyDigest, now: Int64) throws(Stop) -> KeyRecord {
        guard KeyRecord.isName(name) else {
            throw Stop(
                .usage,
                "cartouche: a key's name is made of letters, digits, and -._@, begins with a letter or digit, and has "
                    + "at most \(KeyRecord.longestName) characters")
        }
        var record = KeyRecord(name: name, digest: digest, created: now)
        record.scope = KeyScope(
            routes: try patterns(), connections: connections.isEmpty ? nil : connections, isReadOnly: readOnly)
        record.rate = try limit()
        record.quota = try requestsPerDay()
        if let expires { record.expires = try KeyTime.parse(expires, now: now) }
        return record
    }

    private func patterns() throws(Stop) -> PatternSet? {
        guard !routes.isEmpty else { return nil }
        var patterns: [MatchPattern] = []
        for route in routes {
            do throws(PolicyError) {
                patterns.append(try MatchPattern.parse(route))
            } catch {
                throw Stop(.usage, "cartouche: --routes \(route): \(error.explanation)")
            }
        }
        return PatternSet(patterns)
    }

    private func limit() throws(Stop) -> RateLimit? {
        guard let rate else {
            guard burst == nil else { throw Stop(.usage, "cartouche: --burst goes with --rate") }
            return nil
        }
        guard let limit = RateLimit(rate, burst: burst) else {
            throw Stop(
                .usage,
                "cartouche: --rate \(rate) is no rate: write 10/s, 600/min or 5000/h, up to \(RateLimit.limit)")
        }
        return limit
    }

    private func requestsPerDay() throws(Stop) -> Int? {
        guard let quota else { return nil }
        let parts = quota.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == "day", let count = Int(parts[0]), count > 0 else {
            throw Stop(.usage, "cartouche: --quota \(quota) is no quota: write 5000/day")
        }
        return count
    }
}
