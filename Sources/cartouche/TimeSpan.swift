/// A span of time for people.
enum TimeSpan {
    /// The two largest units: `23 h 12 min`.
    static func text(_ seconds: Int64) -> String {
        let units: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
        var rest = max(seconds, 0)
        var parts: [String] = []
        for (size, unit) in units where rest >= size && parts.count < 2 {
            parts.append("\(rest / size) \(unit)")
            rest %= size
        }
        return parts.isEmpty ? "0 s" : parts.joined(separator: " ")
    }
}
