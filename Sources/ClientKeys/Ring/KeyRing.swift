/// All keys there are, found by the hash of what a client sent. A value: who holds one is not affected by changes.
package struct KeyRing: Sendable {
    package let records: [KeyRecord]
    private let places: [UInt64: [Place]]

    private struct Place {
        let index: Int
        let digest: KeyDigest
        /// For a secret that was replaced: until when it still opens. Seconds since 1970.
        let until: Int64?
    }

    package static let none = KeyRing([])

    package init(_ records: [KeyRecord]) {
        self.records = records
        var places: [UInt64: [Place]] = [:]
        for (index, record) in records.enumerated() {
            places[record.digest.bucket, default: []].append(Place(index: index, digest: record.digest, until: nil))
            guard let previous = record.previous else { continue }
            places[previous.digest.bucket, default: []].append(
                Place(index: index, digest: previous.digest, until: previous.until))
        }
        self.places = places
    }

    /// The key of that hash, if it opens anything now.
    ///
    /// - Parameter now: in seconds since 1970.
    package func find(_ digest: KeyDigest, at now: Int64) throws(KeyRefusal) -> Int {
        guard let place = places[digest.bucket]?.first(where: { $0.digest.equals(digest) }) else { throw .unknown }
        let record = records[place.index]
        guard record.revoked == nil else { throw .revoked }
        if let until = place.until, now >= until { throw .replaced }
        if let end = record.expires, now >= end { throw .expired }
        return place.index
    }

    package func index(named name: String) -> Int? { records.firstIndex { $0.name == name } }
}
