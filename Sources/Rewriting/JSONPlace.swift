/// Where in an answer's document a value stands, as far as that matters: on the way to a member that
/// holds URLs, or elsewhere.
///
/// An instantiation has `tilejson.url`, `geojson.url`, `json.url`, `ndjson.url` and `binary.url`, and with
/// an inline TileJSON also `tilejson.data.tiles` and `tilejson.data.properties_tiles`. A TileJSON has
/// `tiles` and `properties_tiles`. Each is a list of URLs, or one URL.
enum JSONPlace: UInt8, Equatable, Sendable {
    /// Around the document: the place of nothing but its root.
    case outside
    case root
    case tileJSON
    case tileJSONData
    /// `geojson`, `json`, `ndjson` or `binary` of an instantiation.
    case format
    case rootURLs
    case tileJSONURLs
    case tileJSONDataURLs
    case formatURLs
    case elsewhere

    /// No member's name is longer; in bytes.
    static let longestName = 16

    /// Whether the strings here are URLs.
    var holdsURLs: Bool {
        switch self {
        case .rootURLs, .tileJSONURLs, .tileJSONDataURLs, .formatURLs: true
        case .outside, .root, .tileJSON, .tileJSONData, .format, .elsewhere: false
        }
    }

    /// Whether an object here has members that matter.
    var holdsMembers: Bool {
        switch self {
        case .root, .tileJSON, .tileJSONData, .format: true
        case .outside, .rootURLs, .tileJSONURLs, .tileJSONDataURLs, .formatURLs, .elsewhere: false
        }
    }

    var parent: JSONPlace {
        switch self {
        case .outside, .root, .elsewhere: .outside
        case .tileJSON, .format, .rootURLs: .root
        case .tileJSONData, .tileJSONURLs: .tileJSON
        case .tileJSONDataURLs: .tileJSONData
        case .formatURLs: .format
        }
    }

    /// The place of the member with this name, as decoded from its escapes.
    func member(_ name: Span<UInt8>) -> JSONPlace {
        switch self {
        case .root:
            if name.equals("tiles") || name.equals("properties_tiles") { return .rootURLs }
            if name.equals("tilejson") { return .tileJSON }
            if name.equals("geojson") || name.equals("json") || name.equals("ndjson") || name.equals("binary") {
                return .format
            }
        case .tileJSON:
            if name.equals("url") { return .tileJSONURLs }
            if name.equals("data") { return .tileJSONData }
        case .tileJSONData:
            if name.equals("tiles") || name.equals("properties_tiles") { return .tileJSONDataURLs }
        case .format:
            if name.equals("url") { return .formatURLs }
        case .outside, .rootURLs, .tileJSONURLs, .tileJSONDataURLs, .formatURLs, .elsewhere:
            break
        }
        return .elsewhere
    }
}

extension Span<UInt8> {
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in indices where unsafe self[index] != text.utf8Start[index] { return false }
        return true
    }
}
