/// A layer of the configuration; a lower raw value beats a higher one.
enum Layer: Int, Comparable, CaseIterable, Sendable {
    case flags
    case environment
    /// The variables of CARTO's own tools.
    case cartoEnvironment
    /// Files systemd provides.
    case serviceCredentials
    case file

    static func < (one: Layer, other: Layer) -> Bool { one.rawValue < other.rawValue }
}

/// What one layer says about one key.
struct GivenSetting {
    enum Value {
        /// Texts; from a file either one or, written as a list, several.
        case pieces([Piece], isList: Bool)
        /// A structure of the file.
        case structure(DocumentNode)
        /// A file that holds the secret.
        case serviceCredential(path: String)
    }

    let layer: Layer
    /// Where the key stands.
    let place: Place
    let value: Value
}

/// What all layers say, by key.
struct GivenSettings {
    private var settings: [String: [GivenSetting]] = [:]

    /// Set when there is a file that could not be read: what seems to be missing may stand there.
    var isFileUnread = false

    mutating func add(_ setting: GivenSetting, to key: String) { settings[key, default: []].append(setting) }

    /// The layer that decides among `keys`, with what it says about each; more than one contradict each other.
    func strongest(among keys: [String]) -> [(key: String, setting: GivenSetting)] {
        let all = keys.flatMap { key in settings[key, default: []].map { (key: key, setting: $0) } }
        guard let layer = all.map(\.setting.layer).min() else { return [] }
        return all.filter { $0.setting.layer == layer }
    }

    func strongest(_ key: String) -> GivenSetting? { strongest(among: [key]).first?.setting }

    /// The layers that say something about any of `keys`.
    func layers(of keys: [String]) -> Set<Layer> { Set(keys.flatMap { settings[$0, default: []].map(\.layer) }) }

    func isGiven(_ key: String) -> Bool { settings[key] != nil }
}
