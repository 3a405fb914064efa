/// The ends of a row of elements that stand in a ``Chained``.
struct Chain {
    fileprivate(set) var first: Int?
    fileprivate(set) var last: Int?
}

/// Elements that stand in chains, each at a numbered place: to put one at the end of a chain or to take one out of its
/// middle costs the same however many there are. Places that have become free are used again.
struct Chained<Element> {
    private struct Link {
        /// Nil where nobody stands.
        var element: Element?
        var before: Int?
        var after: Int?
    }

    private var links: [Link] = []
    private var free: [Int] = []

    /// Of a place where an element stands.
    subscript(place: Int) -> Element {
        get { links[place].element! }
        set { links[place].element = newValue }
    }

    func place(after place: Int) -> Int? { links[place].after }

    /// - Returns: its place, for as long as it stands there.
    mutating func append(_ element: Element, to chain: inout Chain) -> Int {
        let place: Int
        if let used = free.popLast() {
            place = used
        } else {
            place = links.count
            links.append(Link())
        }
        links[place].element = element
        join(place, to: &chain)
        return place
    }

    mutating func remove(_ place: Int, from chain: inout Chain) -> Element {
        leave(place, from: &chain)
        let element = self[place]
        links[place].element = nil
        free.append(place)
        return element
    }

    mutating func moveToEnd(_ place: Int, of chain: inout Chain) {
        leave(place, from: &chain)
        join(place, to: &chain)
    }

    private mutating func join(_ place: Int, to chain: inout Chain) {
        links[place].before = chain.last
        links[place].after = nil
        if let last = chain.last { links[last].after = place } else { chain.first = place }
        chain.last = place
    }

    private mutating func leave(_ place: Int, from chain: inout Chain) {
        let (before, after) = (links[place].before, links[place].after)
        if let before { links[before].after = after } else { chain.first = after }
        if let after { links[after].before = before } else { chain.last = before }
    }
}
