import Testing
import Wire

@Suite struct FieldNameTests {
    static let listed = FieldName.allCases.filter { $0.canonical.utf8CodeUnitCount > 0 }

    @Test(arguments: listed)
    func isFoundInAnyCase(_ name: FieldName) {
        let spelling = name.canonical.description
        #expect(fieldName(spelling) == name)
        #expect(fieldName(spelling.lowercased()) == name)
        #expect(fieldName(spelling.uppercased()) == name)
    }

    @Test(arguments: listed)
    func isNotFoundWithOneByteChangedLeftOutOrAdded(_ name: FieldName) {
        let spelling = bytes(name.canonical.description)
        for index in spelling.indices {
            var changed = spelling
            changed[index] = UInt8(ascii: "#")
            #expect(fieldName(changed) != name)
            var shorter = spelling
            shorter.remove(at: index)
            #expect(fieldName(shorter) != name)
        }
        #expect(fieldName(spelling + [UInt8(ascii: "x")]) != name)
        #expect(fieldName([UInt8(ascii: "x")] + spelling) != name)
    }

    /// Names are compared many bytes at a time.
    @Test(arguments: listed)
    func anyOtherByteMakesItAnotherName(_ name: FieldName) {
        let spelling = bytes(name.canonical.description)
        for index in spelling.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = spelling
                changed[index] = byte
                let isSame = lowercased(byte) == lowercased(spelling[index])
                #expect((fieldName(changed) == name) == isSame, "byte \(byte) at \(index) of \(name.canonical)")
            }
        }
    }

    private func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 0x20 : byte
    }

    @Test func exactlyTheListedNamesHaveASpelling() {
        #expect(FieldName.allCases.filter(\.isListed) == Self.listed)
    }

    @Test func prefixesMakeFamilies() {
        #expect(fieldName("X-Forwarded-Something") == .xForwardedOther)
        #expect(fieldName("access-control-allow-teleport") == .accessControlOther)
        #expect(fieldName("SEC-FETCH-STORAGE-ACCESS") == .secFetchOther)
        #expect(fieldName("cartouche-anything") == .cartoucheOther)
        #expect(fieldName("X-Forwardedx") == .other)
        #expect(fieldName("") == .other)
    }

    @Test func bytesThatDifferOnlyInTheCaseBitAreNotAlike() {
        // `-` with the bit of lower case set stays `-`; CR with it becomes `-`.
        #expect(fieldName("Content\rLength") == .other)
        #expect(fieldName("hOST") == .host)
        #expect(fieldName("hOS\u{14}") == .other)
    }

    @Test func setsHoldWhatIsInserted() {
        for name in FieldName.allCases {
            var set = FieldNameSet()
            set.insert(name)
            #expect(FieldName.allCases.filter { set.contains($0) } == [name])
        }
        #expect(FieldNameSet.hopByHop.contains(.connection))
        #expect(!FieldNameSet.hopByHop.contains(.other))
        #expect(FieldNameSet.forbiddenInTrailers.contains(.contentLength))
        #expect(!FieldNameSet.forbiddenInTrailers.contains(.other))
    }
}
