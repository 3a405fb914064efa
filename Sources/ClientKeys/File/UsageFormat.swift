import JSON

/// What the keys have used today, as it is kept between runs: `{ "version": 1, "used": { "maria": [20800, 17] } }`,
/// the day and the count of each.
package enum UsageFormat {
    package static let sizeLimit = 8 << 20
    private static let version = 1

    package static func encode(_ counts: [String: DayCount]) -> [UInt8] {
        let used = counts.sorted { $0.key < $1.key }.filter { $0.value.count > 0 }.map { name, count in
            JSONValue.Member(
                name: name, value: .array([.number(Int(count.day)), .number(Int(clamping: count.count))]))
        }
        return Array(JSONValue.object(["version": .number(version), "used": .object(used)]).text.utf8)
    }

    /// Nil where it is no such file.
    package static func decode(_ bytes: Span<UInt8>) -> [String: DayCount]? {
        guard case .object(let members)? = try? JSONValue(parsing: bytes),
            members.first(where: { $0.name == "version" })?.value == .number(version),
            case .object(let used)? = members.first(where: { $0.name == "used" })?.value
        else { return nil }
        var counts: [String: DayCount] = [:]
        for entry in used {
            guard case .array(let pair) = entry.value, pair.count == 2, case .number(let day) = pair[0],
                case .number(let count) = pair[1], let day = UInt32(exactly: day), count >= 0
            else { return nil }
            counts[entry.name] = DayCount(day: day, count: UInt64(count))
        }
        return counts
    }
}
