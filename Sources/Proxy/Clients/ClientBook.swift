import ClientKeys
import Synchronization

/// The keys in force, for all event loops and for every configuration that uses the same file of them.
package final class ClientBook: Sendable {
    package let meters = KeyMeters()
    private let present: Mutex<ClientTable>
    private let counter = Atomic<UInt64>(1)

    package init(_ records: [KeyRecord]) { present = Mutex(ClientTable(records, meters: meters)) }

    /// Puts other keys into force: the next request on every connection is judged by them.
    package func replace(by records: [KeyRecord]) {
        present.withLock { $0 = ClientTable(records, meters: meters) }
        // After the table: who sees this number finds that table, or a newer one.
        counter.wrappingAdd(1, ordering: .releasing)
    }

    package func quota(of name: String) -> Int? { present.withLock(\.self).quota(of: name) }

    /// Differs whenever the table may.
    var version: UInt64 { counter.load(ordering: .acquiring) }

    var table: ClientTable { present.withLock(\.self) }
}
