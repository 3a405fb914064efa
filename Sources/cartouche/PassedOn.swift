import Synchronization

/// Something that is made by one and used by another, and that nobody else is to keep: whoever takes it has it alone.
final class PassedOn<Value: Sendable>: Sendable {
    private let value: Mutex<Value?>

    init(_ value: Value) { self.value = Mutex(value) }

    /// Nil from the second time on.
    func take() -> Value? {
        value.withLock { value in
            defer { value = nil }
            return value
        }
    }
}
