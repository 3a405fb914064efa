/// The route of each method at one end of the trie; -1 where there is none.
struct MethodRow: Sendable {
    private var routes = InlineArray<7, Int32>(repeating: -1)
    private(set) var methods = MethodSet()

    subscript(slot: Int) -> Int32 { routes[slot] }

    mutating func insert(_ route: Int32, for added: MethodSet) {
        for slot in 0..<MethodSet.slots {
            let method = MethodSet(rawValue: 1 &<< UInt8(slot))
            guard added.contains(method) else { continue }
            routes[slot] = route
            methods.formUnion(method)
        }
    }

    /// GET answers HEAD too, unless a rule has spoken of HEAD itself.
    mutating func implyHead() {
        guard methods.contains(.get), !methods.contains(.head) else { return }
        insert(routes[0], for: .head)
    }
}
