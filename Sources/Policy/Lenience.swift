import Wire

/// What lenient servers make of the name of a parameter.
enum Lenience {
    /// Whether one may take it for `wanted`, given in lower case: `Q`, `q[]`, `[q]`, `q.0`, ` q`.
    static func mayTake(_ name: Span<UInt8>, for wanted: String) -> Bool {
        var index = 0
        while index < name.count, isDecoration(name[index]) { index += 1 }
        for letter in wanted.utf8 {
            guard index < name.count, ByteComparison.lowercased(name[index]) == letter else { return false }
            index += 1
        }
        return index == name.count || isDecoration(name[index])
    }

    private static func isDecoration(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "."): true
        default: false
        }
    }
}
