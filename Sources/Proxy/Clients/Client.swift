import ClientKeys

/// The holder of a key: what he may, and what he has used.
final class Client: Sendable {
    let record: KeyRecord
    let meter: KeyMeter

    init(_ record: KeyRecord, _ meter: KeyMeter) {
        self.record = record
        self.meter = meter
    }
}
