/// A growing row of plain values that belongs to one object.
///
/// An array in its place is asked at each change whether somebody else has it, and each use of it is written down as
/// an access that must be the only one; to set one deadline took 205 instructions and takes 40 (there are six in a
/// request). Here nothing can overlap: a value is read or written in one move, and indices are checked.
@safe
final class PlainTable<Value: BitwiseCopyable> {
    private var values: UnsafeMutablePointer<Value>
    private var capacity: Int
    private(set) var count = 0

    init() {
        capacity = 16
        unsafe values = UnsafeMutablePointer.allocate(capacity: capacity)
    }

    deinit { unsafe values.deallocate() }

    subscript(index: Int) -> Value {
        get {
            precondition(index >= 0 && index < count, "no such place")
            return unsafe values[index]
        }
        set {
            precondition(index >= 0 && index < count, "no such place")
            unsafe values[index] = newValue
        }
    }

    func append(_ value: Value) {
        if count == capacity { grow() }
        unsafe (values + count).initialize(to: value)
        count += 1
    }

    private func grow() {
        let larger = UnsafeMutablePointer<Value>.allocate(capacity: capacity * 2)
        unsafe larger.moveInitialize(from: values, count: count)
        unsafe values.deallocate()
        unsafe values = larger
        capacity *= 2
    }
}
