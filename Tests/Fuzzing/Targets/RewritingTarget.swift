import Compression
import JSON
import Rewriting
import TestSupport

/// The input is a document. Plain or under any gzip, in any pieces, guarded or not, it becomes the same: the document
/// with the proxy's base in the members that hold URLs, and without our secret.
struct RewritingTarget {
    private static let proxyBase = Array("http://127.0.0.1:22786".utf8)
    private static let upstreamBases = ["https://gcp-us-east1.api.carto.com", "https://maps.example.com/api"]
    private static let bases = UpstreamBases(upstreamBases.map { Array($0.utf8) })

    /// One for all that is made of an input, as a loop keeps one for its answers.
    private let rewriter = BodyRewriter(bases: bases)

    static func check(_ input: [UInt8]) throws(Violation) { try RewritingTarget().check(input) }

    private func check(_ input: [UInt8]) throws(Violation) {
        var draw = Draw(input)
        let plain = try rewrite([input], .identity, guarded: false)
        let pieces = draw.pieces(input)
        try require(try rewrite(pieces, .identity, guarded: false) == plain, "in any pieces it becomes the same")
        let coded = try members(of: input, &draw)
        let limit = draw.pick([1, 100, 1 << 16])
        let recoded = try rewrite(draw.pieces(coded), .gzip, guarded: false, limit: limit)
        try require(try expanded(recoded) == plain, "under gzip it becomes the same")
        try JSONComparison.check(input, plain, bases: Self.upstreamBases, proxyBase: text(Self.proxyBase))
        try checkGuard(planted(input, &draw), &draw)
    }

    private func checkGuard(_ input: [UInt8], _ draw: inout Draw) throws(Violation) {
        let open = try rewrite([input], .identity, guarded: false)
        let masked = try rewrite([input], .identity, guarded: true)
        try require(!Guarded.canBeRead(in: masked), "no secret is left")
        try require(
            try rewrite(draw.pieces(input), .identity, guarded: true) == masked, "in any pieces the same is masked")
        let coded = try members(of: input, &draw)
        let recoded = try rewrite(draw.pieces(coded), .gzip, guarded: true, limit: draw.pick([1, 100, 1 << 16]))
        try require(try expanded(recoded) == masked, "under gzip the same is masked")
        if Guarded.canBeRead(in: input) { return }
        // Masking can take a base or a bracket with it, so the two are compared only where nothing was masked.
        let asterisks = masked.count { $0 == UInt8(ascii: "*") }
        if asterisks == input.count(where: { $0 == UInt8(ascii: "*") }) {
            try require(masked == open, "what is no secret stays")
        }
    }

    private func planted(_ input: [UInt8], _ draw: inout Draw) -> [UInt8] {
        guard draw.chance(2) else { return input }
        var planted = input
        planted.insert(contentsOf: Guarded.spellings(&draw), at: draw.below(input.count + 1))
        return planted
    }

    /// The document as one or more members (RFC 1952 §2.2).
    private func members(of input: [UInt8], _ draw: inout Draw) throws(Violation) -> [UInt8] {
        guard draw.chance(3) else { return try compressed(input, &draw) }
        let cut = draw.below(input.count + 1)
        return try compressed(Array(input[..<cut]), &draw)
            + compressed(Array(input[cut...]), &draw)
    }

    private func compressed(_ bytes: [UInt8], _ draw: inout Draw) throws(Violation) -> [UInt8] {
        try obtain(gzip(bytes, level: draw.below(10)), "what is short can be compressed")
    }

    private func expanded(_ coded: [UInt8]) throws(Violation) -> [UInt8] {
        try obtain(gunzip(coded), "what we compress can be read")
    }

    private func rewrite(
        _ pieces: [[UInt8]], _ plan: RewritePlan, guarded: Bool, limit: Int = 1 << 16
    ) throws(Violation) -> [UInt8] {
        do throws(RewritingError) {
            try rewriter.begin(
                plan, replacement: Self.proxyBase.span, guardedBy: guarded ? Guarded.patterns : nil, limits: .none)
            return try rewriter.rewriteAll(pieces, limit: limit)
        } catch {
            throw Violation(description: "what a compressor wrote is rewritten: \(error)")
        }
    }
}

/// Compares a document with what became of it, by a reader of JSON that knows nothing of rewriting.
enum JSONComparison {
    private static let places: Set<[String]> = [
        ["tiles"], ["properties_tiles"], ["tilejson", "url"], ["geojson", "url"], ["json", "url"], ["ndjson", "url"],
        ["binary", "url"], ["tilejson", "data", "tiles"], ["tilejson", "data", "properties_tiles"],
    ]

    /// Does nothing where `input` is no JSON, or nests deeper than the reader follows.
    static func check(_ input: [UInt8], _ output: [UInt8], bases: [String], proxyBase: String) throws(Violation) {
        guard let before = events(input), !before.isEmpty else { return }
        guard let after = events(output), after.count == before.count else {
            throw Violation(description: "what was JSON is JSON, of the same shape")
        }
        // The names on the way to the value that comes next; nil for what is below an array within an array.
        var path: [String?] = []
        var arrays: [Bool] = []
        for (old, new) in zip(before, after) {
            switch old {
            case .name(let range):
                path[path.count - 1] = JSONString.decoded(input.span, range).map(text) ?? "\u{0}"
                try require(same(old, new, input, output), "names stay")
            case .string(let range):
                try checkString(old, new, input, range, output, isURL: isURL(path, arrays), bases, proxyBase)
            case .objectStart, .arrayStart:
                path.append(nil)
                arrays.append(old == .arrayStart)
                try require(old == new, "the shape stays")
            case .objectEnd, .arrayEnd:
                path.removeLast()
                arrays.removeLast()
                try require(old == new, "the shape stays")
            case .number, .boolean, .null, .end: try require(same(old, new, input, output), "values stay")
            }
        }
    }

    /// Strings in a list count as members of what holds the list.
    private static func isURL(_ path: [String?], _ arrays: [Bool]) -> Bool {
        var path = path
        var arrays = arrays
        if arrays.last == true {
            path.removeLast()
            arrays.removeLast()
        }
        guard !arrays.contains(true) else { return false }
        return places.contains(path.map { $0 ?? "\u{0}" })
    }

    private static func checkString(
        _ old: JSONReader.Event, _ new: JSONReader.Event, _ input: [UInt8], _ range: Range<Int>, _ output: [UInt8],
        isURL: Bool, _ bases: [String], _ proxyBase: String
    ) throws(Violation) {
        guard case .string(let other) = new else { throw Violation(description: "a string stays one") }
        if input[range].elementsEqual(output[other]) {
            guard isURL, let value = JSONString.decoded(input.span, range).map(text) else { return }
            try require(rest(of: value, behind: bases) == nil, "an URL at its place leads back through the proxy")
            return
        }
        try require(isURL, "only URLs at their places are changed")
        guard let value = JSONString.decoded(input.span, range).map(text), let rest = rest(of: value, behind: bases)
        else {
            // A string that is not fit to be text may have a base before what is wrong with it.
            return try require(JSONString.decoded(input.span, range) == nil, "only upstream URLs are changed")
        }
        let changed = JSONString.decoded(output.span, other).map(text)
        try require(changed == proxyBase + rest, "the base alone is changed")
    }

    private static func rest(of url: String, behind bases: [String]) -> String? {
        let bytes = Array(url.utf8)
        for base in bases {
            let authority = base.utf8.count - (base.hasSuffix("/api") ? 4 : 0)
            let path = base.utf8.dropFirst(authority)
            guard bytes.count >= authority,
                zip(bytes, base.utf8.prefix(authority)).allSatisfy({ ($0 &- 0x41 < 26 ? $0 | 0x20 : $0) == $1 })
            else { continue }
            var left = bytes[authority...]
            if left.starts(with: ":443".utf8) { left = left.dropFirst(4) }
            guard left.starts(with: path) else { continue }
            left = left.dropFirst(path.count)
            if let next = left.first, !"/?#".utf8.contains(next) { continue }
            return text(left)
        }
        return nil
    }

    private static func same(
        _ old: JSONReader.Event, _ new: JSONReader.Event, _ input: [UInt8], _ output: [UInt8]
    ) -> Bool {
        switch (old, new) {
        case (.name(let one), .name(let other)), (.number(let one), .number(let other)):
            input[one].elementsEqual(output[other])
        default: old == new
        }
    }

    private static func events(_ bytes: [UInt8]) -> [JSONReader.Event]? {
        var reader = JSONReader(depthLimit: JSONReader.deepest)
        var events: [JSONReader.Event] = []
        while let event = try? reader.next(bytes.span) {
            events.append(event)
            if event == .end { return events }
        }
        return nil
    }
}
