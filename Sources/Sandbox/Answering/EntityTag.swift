/// Validators made from the content (RFC 9110 §8.8.3).
enum EntityTag {
    /// A weak tag, for one content stands for its plain and its compressed form; FNV-1a, 64 bits.
    static func of(_ content: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in content { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return "W/\"" + String(hash, radix: 16) + "\""
    }

    /// Whether a list as in `If-None-Match` names the tag.
    static func list(_ text: String, contains tag: String) -> Bool {
        listMembers(text).contains { $0 == "*" || strong($0).utf8.elementsEqual(strong(tag).utf8) }
    }

    private static func strong(_ tag: String) -> String {
        tag.utf8.starts(with: "W/".utf8) ? String(tag.dropFirst(2)) : tag
    }
}
