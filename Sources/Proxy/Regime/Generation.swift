import Transport

/// One configuration on its way to the event loops: what each makes its ``Regime`` of.
struct Generation: Sendable {
    /// Counts the configurations of this process, from 1.
    let number: UInt64
    /// With the secrets that are in use now: one that has been replaced is not kept here.
    private(set) var settings: ProxySettings
    /// By the index of a credential in the book: the number by which it is known as long as it is in use, in this
    /// configuration and in those before and after it.
    let credentials: [Int]
    let listeners: [PlacedListener]

    init(number: UInt64, settings: ProxySettings, credentials: [Int], listeners: [PlacedListener]) {
        self.number = number
        self.settings = settings
        self.credentials = credentials
        self.listeners = listeners
    }

    /// Takes note of what has taken a secret's place.
    mutating func replace(credential index: Int, by replacement: CredentialReplacement) {
        guard settings.credentials.indices.contains(index) else { return }
        settings.credentials[index].replace(by: replacement)
    }
}

/// A listener, and which of the configured addresses it is.
package struct PlacedListener: Sendable {
    package let listener: Listener
    /// Its index among ``ProxySettings/listeners``: some may not exist on this machine.
    package let place: Int

    package init(_ listener: Listener, place: Int) {
        self.listener = listener
        self.place = place
    }
}
