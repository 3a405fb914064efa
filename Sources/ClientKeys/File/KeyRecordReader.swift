import JSON
import Policy

/// Reads one entry of the file of keys, member by member; what is left over at the end is an error.
struct KeyRecordReader {
    private var rest: [String: JSONValue] = [:]
    private var label: String

    init(_ value: JSONValue, number: Int) throws(KeyFileFault) {
        label = "number \(number)"
        guard case .object(let members) = value else { throw .key(label, "it is no object") }
        for member in members { rest[member.name] = member.value }
    }

    consuming func record() throws(KeyFileFault) -> KeyRecord {
        guard let name = try text("name"), KeyRecord.isName(name) else { throw fault("name") }
        label = name
        guard let digest = try digest("sha256") else { throw fault("sha256") }
        guard let created = try time("created") else { throw fault("created") }
        var record = KeyRecord(name: name, digest: digest, created: created)
        record.previous = try previous()
        record.scope = KeyScope(
            routes: try routes(), connections: try texts("connections"), isReadOnly: try flag("read_only"))
        record.rate = try rate()
        record.quota = try number("quota", within: 0...Int.max)
        record.expires = try time("expires")
        record.revoked = try time("revoked")
        if let unknown = rest.keys.min() { throw .key(label, "\(unknown) is no member this version knows") }
        return record
    }

    private mutating func previous() throws(KeyFileFault) -> KeyRecord.Previous? {
        let digest = try digest("previous_sha256")
        let until = try time("previous_until")
        switch (digest, until) {
        case (let digest?, let until?): return KeyRecord.Previous(digest: digest, until: until)
        case (nil, nil): return nil
        default: throw fault("previous_sha256 and previous_until")
        }
    }

    private mutating func routes() throws(KeyFileFault) -> PatternSet? {
        guard let texts = try texts("routes") else { return nil }
        var patterns: [MatchPattern] = []
        for text in texts {
            do throws(PolicyError) {
                patterns.append(try MatchPattern.parse(text))
            } catch {
                throw .key(label, "routes: \(error.explanation)")
            }
        }
        return PatternSet(patterns)
    }

    private mutating func rate() throws(KeyFileFault) -> RateLimit? {
        let burst = try number("burst", within: 1...RateLimit.limit)
        guard let text = try text("rate") else {
            guard burst == nil else { throw fault("burst") }
            return nil
        }
        guard let rate = RateLimit(text, burst: burst) else { throw fault("rate") }
        return rate
    }

    // MARK: Kinds of values

    private mutating func text(_ name: String) throws(KeyFileFault) -> String? {
        guard let value = rest.removeValue(forKey: name) else { return nil }
        guard case .string(let text) = value else { throw fault(name) }
        return text
    }

    private mutating func texts(_ name: String) throws(KeyFileFault) -> [String]? {
        guard let value = rest.removeValue(forKey: name) else { return nil }
        guard case .array(let elements) = value else { throw fault(name) }
        var texts: [String] = []
        for element in elements {
            guard case .string(let text) = element else { throw fault(name) }
            texts.append(text)
        }
        return texts
    }

    private mutating func flag(_ name: String) throws(KeyFileFault) -> Bool {
        guard let value = rest.removeValue(forKey: name) else { return false }
        guard case .boolean(let flag) = value else { throw fault(name) }
        return flag
    }

    private mutating func number(_ name: String, within range: ClosedRange<Int>) throws(KeyFileFault) -> Int? {
        guard let value = rest.removeValue(forKey: name) else { return nil }
        guard case .number(let number) = value, range.contains(number) else { throw fault(name) }
        return number
    }

    private mutating func time(_ name: String) throws(KeyFileFault) -> Int64? {
        try number(name, within: 0...Int.max).map { Int64(clamping: $0) }
    }

    private mutating func digest(_ name: String) throws(KeyFileFault) -> KeyDigest? {
        guard let text = try text(name) else { return nil }
        guard let digest = KeyDigest(hexadecimal: Array(text.utf8).span) else { throw fault(name) }
        return digest
    }

    private func fault(_ name: String) -> KeyFileFault { .key(label, "\(name) is missing or wrong") }
}
