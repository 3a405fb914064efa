import Testing
import Wire

@Suite struct ByteClassTests {
    @Test func everyByteHasTheClassesItsDefinitionGivesIt() {
        let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        let digits = Set("0123456789".utf8)
        let tokens = letters.union(digits).union("!#$%&'*+-.^_`|~".utf8)
        let names = letters.union(digits).union("-._~!$&'()*+,;=".utf8)
        for byte in UInt8.min...UInt8.max {
            var expected: UInt8 = 0
            if tokens.contains(byte) { expected |= ByteClass.token }
            if byte == 0x09 || (0x20...0x7E).contains(byte) || byte >= 0x80 { expected |= ByteClass.fieldContent }
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "#") { expected |= ByteClass.target }
            if digits.contains(byte) { expected |= ByteClass.digit }
            if tokens.subtracting(letters).subtracting(digits).subtracting("-".utf8).contains(byte) {
                expected |= ByteClass.ambiguousInName
            }
            if names.contains(byte) { expected |= ByteClass.registeredName }
            if digits.union("abcdefABCDEF".utf8).contains(byte) { expected |= ByteClass.hexDigit }
            #expect(ByteClass.of(byte) == expected, "byte \(byte)")
        }
    }
}
