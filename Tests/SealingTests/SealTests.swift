import Sealing
import Secrets
import Testing

@Suite struct SealTests {
    private let seal = Seal(under: Secret("the client's secret"), purpose: "test")
    private let context = Array("key".utf8)

    private func open(_ sealed: [UInt8], with other: Seal? = nil, boundTo bytes: [UInt8]? = nil) throws -> [UInt8] {
        let context = bytes ?? context
        let opened = try (other ?? seal).open(sealed.span, boundTo: context.span)
        return opened.withExposedBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    @Test(arguments: [0, 1, 15, 16, 17, 4096])
    func whatIsSealedOpens(length: Int) throws {
        let content = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try seal.seal(content.span, boundTo: context.span)
        #expect(sealed.count == length + Seal.overhead)
        #expect(try open(sealed) == content)
    }

    @Test func theSameContentNeverLooksTheSame() throws {
        let content = Array("token".utf8)
        let one = try seal.seal(content.span, boundTo: context.span)
        let other = try seal.seal(content.span, boundTo: context.span)
        #expect(one != other)
    }

    @Test func everyChangedBitIsNoticed() throws {
        let content = Array("token".utf8)
        let sealed = try seal.seal(content.span, boundTo: context.span)
        for position in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[position] ^= 1 << UInt8(bit)
                #expect(throws: position < 8 ? SealingError.notSealed : .notAuthentic) { try open(changed) }
            }
        }
    }

    @Test func everyOtherLengthIsNoticed() throws {
        let content = Array("token".utf8)
        let sealed = try seal.seal(content.span, boundTo: context.span)
        for length in sealed.indices { #expect(throws: SealingError.self) { try open(Array(sealed[..<length])) } }
        #expect(throws: SealingError.notAuthentic) { try open(sealed + [0]) }
    }

    @Test func itIsBoundToSecretPurposeAndContext() throws {
        let content = Array("token".utf8)
        let sealed = try seal.seal(content.span, boundTo: context.span)
        #expect(throws: SealingError.notAuthentic) { try open(sealed, boundTo: Array("kez".utf8)) }
        #expect(throws: SealingError.notAuthentic) { try open(sealed, boundTo: []) }
        let otherSecret = Seal(under: Secret("the client's secreT"), purpose: "test")
        #expect(throws: SealingError.notAuthentic) { try open(sealed, with: otherSecret) }
        let otherPurpose = Seal(under: Secret("the client's secret"), purpose: "tesT")
        #expect(throws: SealingError.notAuthentic) { try open(sealed, with: otherPurpose) }
    }

    /// RFC 5869, appendices A.1 to A.3: the first 32 bytes of each output.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 22), [UInt8](0x00...0x0c), [UInt8](0xf0...0xf9),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        ),
        (
            [UInt8](0x00...0x4f), [UInt8](0x60...0xaf), [UInt8](0xb0...0xff),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        ),
        (
            [UInt8](repeating: 0x0b, count: 22), [], [],
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
        ),
    ])
    func keysAreDerivedAsTheStandardSays(secret: [UInt8], salt: [UInt8], info: [UInt8], expected: String) throws {
        let key = try KeyDerivation.key(from: Secret(copying: secret.span), salt: salt.span, info: info.span)
        let digits = key.withExposedBytes { bytes in
            bytes.indices.map { String(bytes[$0] >> 4, radix: 16) + String(bytes[$0] & 15, radix: 16) }.joined()
        }
        #expect(digits == expected)
    }
}
