/// What the steward knows to be named, and so may be asked for.
package struct StewardRegister {
    private var names: Set<StewardName> = []
    private var isSealed = false

    /// More than any configuration names; and a bound for the memory it takes.
    package static let limit = 8192

    package init() {}

    /// Until the process that asks has met its first stranger, it may say itself what is named.
    ///
    /// - Returns: whether it was taken.
    package mutating func tell(_ name: StewardName) -> Bool { !isSealed && learn([name]) }

    package mutating func seal() { isSealed = true }

    /// From a configuration the steward has read. What was named before stays: it may be in force still.
    ///
    /// - Returns: false where there is no room for all of it, and then nothing is taken.
    package mutating func learn(_ found: some Sequence<StewardName>) -> Bool {
        let all = names.union(found)
        guard all.count <= Self.limit else { return false }
        names = all
        return true
    }

    /// Nothing is done for strangers before it is known that they are there.
    package func knows(_ name: StewardName) -> Bool { isSealed && names.contains(name) }
}
