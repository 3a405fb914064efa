/// What the confined process asks its steward to do.
///
/// One message of a socket that keeps messages apart: one byte for the kind, then texts, each after its length in two
/// bytes, most significant first.
package enum StewardRequest: Equatable, Sendable {
    /// Read the configuration again, from where it was read at the start, and know from then on what it names.
    case learn
    /// Open for reading a file that a configuration it has read names.
    case open(path: String)
    /// Run for its output a command that a configuration it has read names.
    case run(arguments: [String])
    /// Listen on an address that a configuration it has read names.
    case listen(address: String)

    /// In bytes: a command's arguments may be long.
    package static let limit = 64 << 10
    private static let mostTexts = 64

    private enum Kind: UInt8 {
        case learn = 1
        case open
        case run
        case listen
    }

    /// Nil where it is longer than the limit.
    package var encoded: [UInt8]? {
        let (kind, texts): (Kind, [String]) =
            switch self {
            case .learn: (.learn, [])
            case .open(let path): (.open, [path])
            case .run(let arguments): (.run, arguments)
            case .listen(let address): (.listen, [address])
            }
        guard texts.count <= Self.mostTexts else { return nil }
        var bytes = [kind.rawValue]
        for text in texts {
            let content = Array(text.utf8)
            guard content.count <= Int(UInt16.max) else { return nil }
            bytes.append(UInt8(content.count >> 8))
            bytes.append(UInt8(content.count & 0xFF))
            bytes += content
        }
        return bytes.count <= Self.limit ? bytes : nil
    }

    /// Nil for whatever is none: who sends it may have been taken over.
    package init?(decoding bytes: [UInt8]) {
        guard bytes.count <= Self.limit, let kind = bytes.first.flatMap(Kind.init),
            let texts = Self.texts(bytes.dropFirst())
        else { return nil }
        switch (kind, texts.count) {
        case (.learn, 0): self = .learn
        case (.open, 1): self = .open(path: texts[0])
        case (.run, 1...): self = .run(arguments: texts)
        case (.listen, 1): self = .listen(address: texts[0])
        default: return nil
        }
    }

    private static func texts(_ bytes: ArraySlice<UInt8>) -> [String]? {
        var rest = bytes
        var texts: [String] = []
        while let high = rest.popFirst() {
            guard texts.count < mostTexts, let low = rest.popFirst() else { return nil }
            let count = Int(high) << 8 | Int(low)
            let content = rest.prefix(count)
            // What is no UTF-8 would come to mean another name; a NUL would end it for the system.
            guard content.count == count, !content.contains(0), let text = String(validating: content, as: UTF8.self)
            else { return nil }
            texts.append(text)
            rest = rest.dropFirst(count)
        }
        return texts
    }
}
