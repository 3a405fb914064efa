/// The ends of a row of elements that stand in a ``Chained``.
struct Chain {
    fileprivate(set) var first: Int?
    fileprivate(set) var last: Int?
}

/// Elements that stand in chains, each in one and at a numbered place: to put one into a chain or to take one out of its
/// middle costs the same however many there are. Places that have become free are used again; as many stay as there
/// were at the most.
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

    func place(before place: Int) -> Int? { links[place].before }
    func place(after place: Int) -> Int? { links[place].after }

    /// - Parameter successor: the place it stands before from now on, in that chain; nil for its end.
    /// - Returns: its place, for as long as it stands there.
    mutating func insert(_ element: Element, before successor: Int? = nil, in chain: inout Chain) -> Int {
        let place: Int
        if let used = free.popLast() {
            place = used
        } else {
            place = links.count
            links.append(Link())
        }
        links[place].element = element
        join(place, before: successor, in: &chain)
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
        join(place, before: nil, in: &chain)
    }

    private mutating func join(_ place: Int, before successor: Int?, in chain: inout Chain) {
        let before = if let successor { links[successor].before } else { chain.last }
        links[place].before = before
        links[place].after = successor
        if let before { links[before].after = place } else { chain.first = place }
        if let successor { links[successor].before = place } else { chain.last = place }
    }

    private mutating func leave(_ place: Int, from chain: inout Chain) {
        let (before, after) = (links[place].before, links[place].after)
        if let before { links[before].after = after } else { chain.first = after }
        if let after { links[after].before = before } else { chain.last = before }
    }
}
