/// Things kept by name in the order they came, never more than `limit`.
struct Shelf<Item: Sendable>: Sendable {
    private(set) var entries: [(key: String, item: Item)] = []
    let limit: Int

    init(limit: Int = 1000) {
        self.limit = limit
    }

    var items: [Item] { entries.map(\.item) }
    var isFull: Bool { entries.count >= limit }

    subscript(key: String) -> Item? {
        place(of: key).map { entries[$0].item }
    }

    /// Puts the item under the key, in the place of one already there; false when the shelf is full.
    mutating func put(_ item: Item, under key: String) -> Bool {
        if let place = place(of: key) {
            entries[place].item = item
            return true
        }
        guard !isFull else { return false }
        entries.append((key, item))
        return true
    }

    /// Puts the item under a new key, letting the oldest go when the shelf is full.
    mutating func push(_ item: Item, under key: String) {
        if isFull, !entries.isEmpty { entries.removeFirst() }
        entries.append((key, item))
    }

    /// Takes the item away; false when there is none.
    mutating func remove(_ key: String) -> Bool {
        guard let place = place(of: key) else { return false }
        entries.remove(at: place)
        return true
    }

    private func place(of key: String) -> Int? {
        entries.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
    }
}
