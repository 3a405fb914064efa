import ClientKeys
import Wire

/// All keys at one moment. Immutable: event loops hold the one they know until they hear of a newer one.
final class ClientTable: Sendable {
    private let ring: KeyRing
    private let clients: [Client]

    init(_ records: [KeyRecord], meters: KeyMeters) {
        ring = KeyRing(records)
        clients = records.map { Client($0, meters.meter(of: $0.name)) }
    }

    /// Whose key the request carries.
    ///
    /// - Parameter now: in seconds since 1970.
    func client(of head: borrowing RequestHead, at now: Int64) throws(KeyRefusal) -> Client {
        switch PresentedKey.of(head) {
        case .none: throw .missing
        case .malformed: throw .malformed
        case .conflicting: throw .conflicting
        case .digest(let digest): return clients[try ring.find(digest, at: now)]
        }
    }

    func client(named name: String) -> Client? { ring.index(named: name).map { clients[$0] } }

    func quota(of name: String) -> Int? { client(named: name)?.record.quota }
}
