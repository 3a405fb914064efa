import Foundation
import Secrets
import TestSupport
import Testing

@testable import ClientKeys

@Suite struct KeyTextTests {
    @Test func aKeyIsWhatItIsDescribedAs() {
        let zeros = [UInt8](repeating: 0, count: 25)
        let text = String(decoding: Made.text(of: KeyText.make(from: zeros.span)), as: UTF8.self)
        // The check is zlib's crc32 of the rest, in 32 of the 35 bits.
        #expect(text == "cartouche_" + String(repeating: "a", count: 40) + text.suffix(7))
        #expect(text.utf8.count == KeyText.length)
        #expect(Made.isKey(Array(text.utf8)))
        let check = CyclicRedundancyCheck.of(Array("123456789".utf8).span)
        #expect(check == 0xCBF4_3926)
        var encoded: [UInt8] = []
        Base32.append(Array("foobar".utf8).span, to: &encoded)
        // RFC 4648 §10, in lower case and without its padding
        #expect(String(decoding: encoded, as: UTF8.self) == "mzxw6ytboi")
    }

    @Test func keysDiffer() throws {
        var seen: Set<[UInt8]> = []
        for _ in 0..<100 { seen.insert(Made.text(of: try #require(KeyText.generate()))) }
        #expect(seen.count == 100)
        #expect(seen.allSatisfy { Made.isKey($0) })
    }

    @Test func everyChangeOfACharacterAndEveryCutIsFound() {
        var generator = SplitMix64(seed: 11)
        for seed in 0..<50 as Range<UInt64> {
            let key = Made.key(seed)
            for index in key.indices {
                var changed = key
                let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567ABC189_ ".utf8)
                changed[index] = alphabet.filter { $0 != key[index] }.randomElement(using: &generator)!
                #expect(!Made.isKey(changed))
                #expect(!Made.isKey(Array(key[..<index])))
            }
            var swapped = key
            swapped.swapAt(12, 13)
            #expect(swapped == key || !Made.isKey(swapped))
        }
    }

    @Test func theHashIsSHA256() throws {
        let digest = try #require(Made.hash("abc"))
        // FIPS 180-4, example 1
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(digest.hexadecimal == text)
        #expect(Made.hash(hexadecimal: text) == digest)
        #expect(Made.hash(hexadecimal: String(text.dropLast())) == nil)
        #expect(Made.hash(hexadecimal: text.uppercased()) == nil)
        #expect(Made.digest(1) != Made.digest(2))
    }
}
