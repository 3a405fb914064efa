import JSON
import Policy

/// The file of keys, JSON:
///
///     { "version": 1, "keys": [ { "name": "maria", "sha256": "…", "created": 1800000000, … } ] }
///
/// | member | |
/// |---|---|
/// | `name`, `sha256`, `created` | always there |
/// | `previous_sha256`, `previous_until` | the secret before, while both open |
/// | `routes`, `connections`, `read_only` | the scope |
/// | `rate`, `burst`, `quota` | the limits; the quota is requests a day |
/// | `expires`, `revoked` | when |
///
/// Times are seconds since 1970. A member that is not in this table is an error: it may narrow a key in a way this
/// version of the program does not know.
package enum KeyFileFormat {
    /// Keys in one file.
    package static let limit = 10_000
    /// The size of a file, in bytes.
    package static let sizeLimit = 8 << 20

    private static let version = 1

    package static func encode(_ records: [KeyRecord]) -> [UInt8] {
        let value = JSONValue.object(["version": .number(version), "keys": .array(records.map(value(of:)))])
        return Array(value.text.utf8)
    }

    private static func value(of record: KeyRecord) -> JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue?) {
            if let value { members.append(JSONValue.Member(name: name, value: value)) }
        }
        add("name", .string(record.name))
        add("sha256", .string(record.digest.hexadecimal))
        add("created", .number(Int(record.created)))
        add("previous_sha256", record.previous.map { .string($0.digest.hexadecimal) })
        add("previous_until", record.previous.map { .number(Int($0.until)) })
        add("routes", record.scope.routes.map { .strings($0.patterns.map(\.text)) })
        add("connections", record.scope.connections.map { .strings($0) })
        add("read_only", record.scope.isReadOnly ? .boolean(true) : nil)
        add("rate", record.rate.map { .string($0.text) })
        add("burst", record.rate.map { .number($0.burst) })
        add("quota", record.quota.map { .number($0) })
        add("expires", record.expires.map { .number(Int($0)) })
        add("revoked", record.revoked.map { .number(Int($0)) })
        return .object(members)
    }

    package static func decode(_ bytes: Span<UInt8>) throws(KeyFileFault) -> [KeyRecord] {
        let root: JSONValue
        do throws(JSONFault) { root = try JSONValue(parsing: bytes) } catch { throw .notJSON }
        guard case .object(let members) = root else { throw .notJSON }
        guard members.first(where: { $0.name == "version" })?.value == .number(version) else { throw .versionUnknown }
        guard members.count == 2, case .array(let keys)? = members.first(where: { $0.name == "keys" })?.value else {
            throw .notJSON
        }
        guard keys.count <= limit else { throw .tooManyKeys }
        var records: [KeyRecord] = []
        var names: Set<String> = []
        for (index, key) in keys.enumerated() {
            let record = try KeyRecordReader(key, number: index + 1).record()
            guard names.insert(record.name).inserted else { throw .key(record.name, "the name is there twice") }
            records.append(record)
        }
        return records
    }
}
