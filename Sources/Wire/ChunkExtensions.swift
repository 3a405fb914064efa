/// Checks chunk extensions byte by byte and forgets them (RFC 9112 §7.1.1), beginning behind the first
/// `;`. No whitespace is taken outside quoted strings.
struct ChunkExtensions: Equatable {
    private enum Part: Equatable {
        case nameStart, name, valueStart, value, quoted, escaped, quotedEnd
    }

    private var part = Part.nameStart
    /// Bytes taken.
    private(set) var count = 0

    /// Whether the chunk line may end here.
    var mayEnd: Bool {
        switch part {
        case .name, .value, .quotedEnd: true
        case .nameStart, .valueStart, .quoted, .escaped: false
        }
    }

    mutating func take(_ byte: UInt8) throws(WireError) {
        count &+= 1
        if byte == 0x0A { throw .bareLineFeed }
        let isToken = ByteClass.of(byte) & ByteClass.token != 0
        switch (part, byte) {
        case (.nameStart, _) where isToken, (.name, _) where isToken: part = .name
        case (.name, UInt8(ascii: "=")): part = .valueStart
        case (.valueStart, UInt8(ascii: "\"")): part = .quoted
        case (.valueStart, _) where isToken, (.value, _) where isToken: part = .value
        case (.name, UInt8(ascii: ";")), (.value, UInt8(ascii: ";")), (.quotedEnd, UInt8(ascii: ";")):
            part = .nameStart
        case (.quoted, UInt8(ascii: "\"")): part = .quotedEnd
        case (.quoted, UInt8(ascii: "\\")): part = .escaped
        // RFC 9110 §5.6.4: qdtext and quoted-pair hold what field values hold.
        case (.quoted, _) where isText(byte), (.escaped, _) where isText(byte): part = .quoted
        default: throw .invalidChunkExtension
        }
    }

    private func isText(_ byte: UInt8) -> Bool { ByteClass.of(byte) & ByteClass.fieldContent != 0 }
}
