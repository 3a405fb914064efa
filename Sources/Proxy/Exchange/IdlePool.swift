/// Objects of one event loop that are kept for their memory until they are needed again.
///
/// A ``BodyRewriter`` that has worked keeps about 340 KiB, a ``CompressedGuard`` about 80 KiB; those beyond
/// ``capacity`` are let go.
package struct IdlePool<Element: AnyObject> {
    package let capacity: Int
    private var idle: [Element] = []

    package init(capacity: Int = 4) {
        self.capacity = capacity
    }

    /// The number of objects that wait.
    package var count: Int { idle.count }

    package mutating func take() -> Element? {
        idle.popLast()
    }

    /// Takes back an object in whatever state it is; it begins anew when it is used again.
    package mutating func giveBack(_ element: Element) {
        if idle.count < capacity { idle.append(element) }
    }
}
