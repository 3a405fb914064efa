/// Whether two texts are equal byte for byte but for the case of ASCII letters. Unicode's case folding is
/// not meant here: it would make K of the Kelvin sign.
func equalIgnoringASCIICase(_ one: some Sequence<UInt8>, _ other: some Sequence<UInt8>) -> Bool {
    one.lazy.map(lowercasedASCII).elementsEqual(other.lazy.map(lowercasedASCII))
}

func lowercasedASCII(_ byte: UInt8) -> UInt8 {
    isUpper(byte) ? byte | 0x20 : byte
}

func isUpper(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }
func isLower(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
func isLetter(_ byte: UInt8) -> Bool { isUpper(byte) || isLower(byte) }
func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

/// The value of a hexadecimal digit.
func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- UInt8(ascii: "0") }
    let lower = lowercasedASCII(byte)
    guard lower >= UInt8(ascii: "a"), lower <= UInt8(ascii: "f") else { return nil }
    return lower &- UInt8(ascii: "a") &+ 10
}

/// The text without white space at its ends.
func trimmed(_ text: String) -> String {
    var bytes = Array(text.utf8)[...]
    while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
}

/// The members of a comma-separated list, without the space around them.
func listMembers(_ text: String) -> [String] {
    text.utf8.split(separator: UInt8(ascii: ",")).map { trimmed(String(decoding: $0, as: UTF8.self)) }
}
