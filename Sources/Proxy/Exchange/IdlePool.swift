/// Objects of one event loop that are kept for their memory until they are needed again.
///
/// A ``BodyRewriter`` that has worked keeps about 340 KiB, a ``CompressedGuard`` about 80 KiB; those beyond
/// ``capacity`` are let go.
///
/// Of the module that uses it, so that it is compiled for each kind of object: 1,200 instructions less an answer.
struct IdlePool<Element: AnyObject> {
    let capacity: Int
    private var idle: [Element] = []

    init(capacity: Int = 4) {
        self.capacity = capacity
    }

    /// The number of objects that wait.
    var count: Int { idle.count }

    mutating func take() -> Element? {
        idle.popLast()
    }

    /// Takes back an object in whatever state it is; it begins anew when it is used again.
    mutating func giveBack(_ element: Element) {
        if idle.count < capacity { idle.append(element) }
    }

    mutating func removeAll() { idle.removeAll() }
}
