import Testing

@testable import Proxy

@Suite struct RequestIdentifierTests {
    @Test func theyDifferAndAreFieldValues() {
        var one = RequestIdentifier()
        var other = RequestIdentifier()
        var seen: Set<[UInt8]> = []
        var identifier: [UInt8] = []
        for _ in 0..<1000 {
            one.next(into: &identifier)
            #expect(identifier.count == 18)
            #expect(identifier.allSatisfy { (48...57).contains($0) || (97...102).contains($0) })
            seen.insert(identifier)
            other.next(into: &identifier)
            seen.insert(identifier)
        }
        #expect(seen.count == 2000)
    }
}
