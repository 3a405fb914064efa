/// The base URLs under which the upstream's resources appear in its answers: the configured one and its
/// aliases, compiled once and shared.
///
/// A base is a scheme, an authority and perhaps a path, as in `https://maps.example.com/api`. Whatever is
/// no such URL is left out: an empty base would be the beginning of every string.
package struct UpstreamBases: Sendable {
    private struct Base {
        /// Scheme and authority in lower case, the path as configured, without a slash at the end.
        var bytes: [UInt8]
        var authorityEnd: Int
        /// The port that an URL of this scheme may name or not, as `:443`; empty when the base names another.
        var impliedPort: [UInt8]
    }

    // The longest first, so that `https://host/api` is found before `https://host`.
    private let bases: [Base]
    // Those bases with which no longer one begins, one behind the other, and where each ends: finding one of
    // them letter for letter settles the matter. Going through `bases` for each URL, with their reference
    // counts, cost a third of the rewriting of a TileJSON.
    private let literals: [UInt8]
    private let literalEnds: [Int]

    /// How many bytes of an URL decide whether it begins with a base.
    let decisiveCount: Int

    package init(_ urls: [[UInt8]]) {
        let bases = urls.compactMap(Self.compile).sorted { $0.bytes.count > $1.bytes.count }
        var literals: [UInt8] = []
        var literalEnds: [Int] = []
        for index in bases.indices where !bases[..<index].contains(where: { $0.bytes.starts(with: bases[index].bytes) })
        {
            literals += bases[index].bytes
            literalEnds.append(literals.count)
        }
        self.bases = bases
        self.literals = literals
        self.literalEnds = literalEnds
        // The longest base, a port it does not name, and the byte that must follow.
        decisiveCount = (bases.first?.bytes.count ?? 0) &+ 5
    }

    package var isEmpty: Bool { bases.isEmpty }

    private static func compile(_ url: [UInt8]) -> Base? {
        let separator = Array("://".utf8)
        guard let colon = url.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            url[colon...].starts(with: separator)
        else { return nil }
        let authorityStart = colon &+ separator.count
        let pathStart = url[authorityStart...].firstIndex(of: UInt8(ascii: "/")) ?? url.endIndex
        var origin = url[..<pathStart].map(\.asciiLowercased)
        guard origin.count > authorityStart else { return nil }

        var impliedPort: [UInt8] =
            switch origin[..<colon] {
            case let scheme where scheme.elementsEqual("https".utf8): Array(":443".utf8)
            case let scheme where scheme.elementsEqual("http".utf8): Array(":80".utf8)
            default: []
            }
        if !impliedPort.isEmpty, origin.suffix(impliedPort.count).elementsEqual(impliedPort) {
            origin.removeLast(impliedPort.count)
        } else if let last = origin.lastIndex(of: UInt8(ascii: ":")), last > colon,
            origin[last...].dropFirst().allSatisfy({ $0 &- 0x30 < 10 })
        {
            impliedPort = []
        }
        var path = url[pathStart...]
        while path.last == UInt8(ascii: "/") { path.removeLast() }
        return Base(bytes: origin + path, authorityEnd: origin.count, impliedPort: impliedPort)
    }

    /// How many bytes at the beginning of an URL are one of the bases: nil when none is, or when the host
    /// goes on (`https://host.evil.example`). Scheme and host compare without case (RFC 3986 §6.2.2.1), the
    /// scheme's own port may be named (§6.2.3), the path compares exactly.
    package func prefixLength(of url: Span<UInt8>) -> Int? {
        for base in bases {
            if let length = prefixLength(of: url, base) { return length }
        }
        return nil
    }

    private func prefixLength(of url: Span<UInt8>, _ base: Base) -> Int? {
        guard url.count >= base.bytes.count else { return nil }
        for index in 0..<base.authorityEnd where url[index].asciiLowercased != base.bytes[index] { return nil }
        var end = base.authorityEnd
        if !base.impliedPort.isEmpty, holds(url, base.impliedPort.span, at: end) { end &+= base.impliedPort.count }
        for byte in base.bytes[base.authorityEnd...] {
            guard end < url.count, url[end] == byte else { return nil }
            end &+= 1
        }
        return end == url.count || Self.mayFollow(url[end]) ? end : nil
    }

    /// The same for a base that stands at `start` letter for letter, with what follows it in sight: true for
    /// nearly all URLs of a document, and found without looking at each byte.
    @inline(__always)
    func literalPrefixLength(in bytes: Span<UInt8>, at start: Int) -> Int? {
        let literals = literals.span
        var literalStart = 0
        for index in literalEnds.indices {
            let count = literalEnds[index] &- literalStart
            let literal = literals.extracting(literalStart..<literalEnds[index])
            literalStart = literalEnds[index]
            guard start &+ count < bytes.count, holds(bytes, literal, at: start) else { continue }
            let next = bytes[start &+ count]
            if Self.mayFollow(next) || next == UInt8(ascii: "\"") { return count }
        }
        return nil
    }

    private static func mayFollow(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
}
