import TestSupport

/// A random JSON document in random spelling, together with what the rewriter has to make of it.
///
/// It knows the places that matter in its own way: as paths of names.
struct GeneratedDocument {
    private(set) var input: [UInt8] = []
    private(set) var expected: [UInt8] = []
    private(set) var replacements = 0
    private var random: SplitMix64

    private static let paths: Set<[String]> = [
        ["tiles"], ["properties_tiles"], ["tilejson", "url"], ["geojson", "url"], ["json", "url"], ["ndjson", "url"],
        ["binary", "url"], ["tilejson", "data", "tiles"], ["tilejson", "data", "properties_tiles"],
    ]
    private static let names = [
        "tiles", "properties_tiles", "tilejson", "geojson", "json", "ndjson", "binary", "url", "data", "rows", "x", "",
        "a longer name than any that matters", "tileš", "tile", "name\"s",
    ]
    private static let strings = [
        "", "text", upstreamBase, upstreamBase + "/v3/maps/{z}/{x}/{y}?a=%20&b=\"c\"", upstreamBase + "?q",
        upstreamBase + "#f",
        upstreamBase + ".evil.example/", upstreamBase + ":443/v3", upstreamBase + ":8443/", upstreamBase + ":4430/",
        upstreamBase + ":443@evil.example", "https://gcp-us", "/v3",
        "{\"tiles\":[\"\(upstreamBase)/x\"]}", "é\u{1F600}\n\t\\", "\\", "\"", "]", "}",
        "HTTPS://GCP-US-EAST1.API.CARTO.COM/V3",
    ]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        if random.chance(8) { emit("\u{feff}") }
        value(path: [], inArray: false, depth: 0)
        space()
    }

    private mutating func emit(_ text: String) {
        input += Array(text.utf8)
        expected += Array(text.utf8)
    }

    private mutating func space() {
        while random.chance(4) { emit(random.pick([" ", "\n", "\t", "\r"])) }
    }

    private mutating func value(path: [String], inArray: Bool, depth: Int) {
        space()
        let isRoot = depth == 0
        switch isRoot && !random.chance(6) ? 0 : random.below(depth > 5 ? 4 : 8) {
        case 0 where depth <= 5, 4, 5: object(path: inArray ? nil : path, depth: depth)
        case 6, 7: array(path: inArray ? nil : path, depth: depth)
        case 1: emit(random.pick(["0", "-1.5e+3", "12345678901234567890", "true", "false", "null"]))
        default:
            let isURL = Self.paths.contains(path)
            string(isURL && random.chance(2) ? upstreamBase + "/v3/{z}" : random.pick(Self.strings), isURL: isURL)
        }
        space()
    }

    // A path of nil is that of no member: no name is like this one.
    private static let nowhere = ["\u{0}", "\u{0}", "\u{0}", "\u{0}"]

    private mutating func object(path: [String]?, depth: Int) {
        emit("{")
        for index in 0..<random.below(6) {
            if index > 0 { emit(",") }
            space()
            let name = name(below: path)
            string(name, isURL: false)
            space()
            emit(":")
            value(path: (path ?? Self.nowhere) + [name], inArray: false, depth: depth + 1)
        }
        space()
        emit("}")
    }

    // As often as not one that leads on to URLs.
    private mutating func name(below path: [String]?) -> String {
        let leading = Self.paths.sorted { $0.joined() < $1.joined() }
            .filter { $0.count > (path?.count ?? .max) && $0.starts(with: path ?? []) }
            .map { $0[path?.count ?? 0] }
        return leading.isEmpty || random.chance(2) ? random.pick(Self.names) : random.pick(leading)
    }

    private mutating func array(path: [String]?, depth: Int) {
        emit("[")
        for index in 0..<random.below(6) {
            if index > 0 { emit(",") }
            value(path: path ?? Self.nowhere, inArray: true, depth: depth + 1)
        }
        space()
        emit("]")
    }

    private mutating func string(_ content: String, isURL: Bool) {
        emit("\"")
        var rest = content[...]
        if isURL, let length = baseLength(content) {
            let base = content.prefix(length)
            for scalar in base.unicodeScalars { input += spelling(scalar) }
            expected += Array(proxyBase.utf8)
            replacements += 1
            rest = content.dropFirst(length)
        }
        for scalar in rest.unicodeScalars {
            let bytes = spelling(scalar)
            input += bytes
            expected += bytes
        }
        emit("\"")
    }

    private func baseLength(_ content: String) -> Int? {
        for base in [upstreamBase + ":443", upstreamBase] where content.lowercased().hasPrefix(base) {
            guard let next = content.dropFirst(base.count).first else { return base.count }
            if next == "/" || next == "?" || next == "#" { return base.count }
        }
        return nil
    }

    private mutating func spelling(_ scalar: Unicode.Scalar) -> [UInt8] {
        if scalar == "/", random.chance(3) { return Array("\\/".utf8) }
        if random.chance(25) {
            return Array(
                Character(scalar).utf16.map { unit in
                    let digits = String(unit, radix: 16, uppercase: random.chance(2))
                    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }.joined().utf8)
        }
        switch scalar {
        case "\"": return Array("\\\"".utf8)
        case "\\": return Array("\\\\".utf8)
        case "\n": return Array("\\n".utf8)
        case "\t": return Array("\\t".utf8)
        default: return Array(String(scalar).utf8)
        }
    }
}
