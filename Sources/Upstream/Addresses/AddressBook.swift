import Transport

/// What is known of where a name leads. It does no I/O.
///
/// Look-ups do not tell for how long they are good, and answers often hold some of many addresses, in turn. So they are
/// asked for again after ``UpstreamTimeouts/addressLife``, and an address counts as gone only when several answers in a row have been without it.
struct AddressBook {
    private var addresses: [SocketAddress] = []
    private var expiry = Int64.min
    /// How many answers have been without an address that was there before.
    private var absences: [SocketAddress: Int] = [:]

    /// Answers without an address after which connections to it are let go.
    static let absenceLimit = 2
    /// Those that did not work are tried last, until so many answers have come.
    private var demoted: [SocketAddress: Int] = [:]
    static let demotionLength = 2
    /// Addresses remembered of the answers before.
    private static let memory = 64

    /// The addresses to try, in that order; nil where they have to be asked for.
    func current(at now: Int64) -> [SocketAddress]? { now < expiry ? addresses : nil }

    /// An answer, good for so long; `.max` for what needs no look-up.
    mutating func keep(_ found: [SocketAddress], until expiry: Int64) {
        for address in addresses where absences[address] == nil && absences.count < Self.memory { absences[address] = 0 }
        for address in absences.keys {
            let count = absences[address, default: 0] + 1
            // One more than what is acted upon, and it may be forgotten.
            absences[address] = found.contains(address) || count > Self.absenceLimit + 1 ? nil : count
        }
        self.expiry = expiry
        addresses = found
        sort()
        demoted = demoted.compactMapValues { $0 > 1 ? $0 - 1 : nil }
    }

    /// Something went wrong: the next who needs an address asks.
    mutating func forget() { if expiry != .max { expiry = .min } }

    /// That one did not work: the others are tried before it.
    mutating func demote(_ address: SocketAddress) {
        guard addresses.contains(address) else { return }
        demoted[address] = Self.demotionLength
        sort()
    }

    private mutating func sort() {
        guard !demoted.isEmpty else { return }
        addresses = addresses.filter { demoted[$0] == nil } + addresses.filter { demoted[$0] != nil }
    }

    /// Whether the name has led elsewhere for a while.
    func isGone(_ address: SocketAddress) -> Bool { absences[address, default: 0] >= Self.absenceLimit }
}
