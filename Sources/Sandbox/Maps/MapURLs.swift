/// The URLs an instantiation and a TileJSON lead to: absolute, on the API's own base whatever host the
/// client asked, with the parameters of the source.
struct MapURLs {
    /// Longer parameters are kept by the sandbox under a name that stands for them.
    private static let lengthLimit = 4096
    /// What is longer than this is not kept either.
    private static let storageLimit = 1 << 19
    /// What belongs to one request, not to the source.
    private static let transient = ["format", "cache", "access_token", "token", "api_key", "inlineTilejson"]

    private let base: String
    private let source: String

    init(_ exchange: Exchange, connection: String, kind: MapKind, parameters: Parameters) throws(Refusal) {
        base = "\(exchange.baseURL)/v3/maps/\(percentEncoded(connection))/\(kind.rawValue)"
        let members = parameters.pairs.filter { pair in !Self.transient.contains { $0 == pair.name } }
            .map { JSONMember(name: $0.name, value: $0.value) }
        let written = members.map { "\(percentEncoded($0.name))=\(percentEncoded(Self.text($0.value)))" }
            .joined(separator: "&")
        if written.utf8.count <= Self.lengthLimit {
            source = written
        } else {
            guard written.utf8.count <= Self.storageLimit else { throw .bodyTooLarge }
            let name = Randomness.uuid()
            exchange.state.update { $0.storedSources.push(.object(members), under: name) }
            source = "source=\(name)"
        }
    }

    /// - Parameter now: seconds since 1970; stands in the URL in milliseconds, so that caches tell versions apart.
    func document(format: String, now: Int64) -> String {
        "\(base)?\(source)&format=\(format)&cache=\(now)000"
    }

    /// A template, whose braces stay raw.
    func tiles(now: Int64, suffix: String = "") -> String {
        "\(base)/{z}/{x}/{y}?\(source)&formatTiles=mvt&cache=\(now)000\(suffix)"
    }

    private static func text(_ value: JSONValue) -> String {
        value.asText ?? String(decoding: JSONWriter.write(value), as: UTF8.self)
    }
}
