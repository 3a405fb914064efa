import Admission
import Testing

@Suite struct PeerRulesTests {
    private static func ipv4(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> PeerAddress {
        PeerAddress(ipv4: a << 24 | b << 16 | c << 8 | d)
    }

    private static let mapped = PeerAddress(high: 0, low: 0xFFFF_0A01_0203)
    private static let private10 = AddressRange(ipv4(10, 0, 0, 0), length: 96 + 8)
    private static let unique = AddressRange(PeerAddress(high: 0xFD00 << 48, low: 0), length: 8)

    private func judge(
        _ rules: PeerRules, _ owner: PeerFacts.Owner, _ address: PeerAddress? = nil, isLocal: Bool = true
    ) -> RefusalRule? {
        rules.refusal(of: PeerFacts(owner: owner, address: address, isListenerLocal: isLocal))?.rule
    }

    @Test(arguments: [
        (PeerFacts.Owner.user(1000), RefusalRule?.none), (.user(0), .userNotAllowed), (.user(1001), .userNotAllowed),
        (.untold, .userUnknown), (.elsewhere, nil),
    ])
    func usersAreThoseListed(owner: PeerFacts.Owner, expected: RefusalRule?) {
        let rules = PeerRules(users: [1000, 1002])
        #expect(judge(rules, owner) == expected)
        #expect(judge(rules, owner, Self.ipv4(127, 0, 0, 1), isLocal: false) == expected)
    }

    @Test func withoutAListEverybodyIs() {
        for owner in [PeerFacts.Owner.user(7), .untold, .elsewhere] {
            #expect(judge(PeerRules(), owner) == nil)
            #expect(judge(PeerRules(), owner, Self.ipv4(8, 8, 8, 8), isLocal: false) == nil)
        }
    }

    @Test(arguments: [
        (ipv4(10, 0, 0, 0), true), (ipv4(10, 255, 255, 255), true), (ipv4(11, 0, 0, 0), false),
        (ipv4(9, 255, 255, 255), false), (ipv4(127, 0, 0, 1), false), (mapped, true),
        (PeerAddress(high: 0xFD00 << 48, low: 1), true), (PeerAddress(high: 0xFDFF << 48, low: .max), true),
        (PeerAddress(high: 0xFE00 << 48, low: 1), false), (PeerAddress(high: 0, low: 1), false),
        (PeerAddress(high: 0, low: 0x0A01_0203), false),
    ])
    func addressesAreThoseListed(address: PeerAddress, isAllowed: Bool) {
        let rules = PeerRules(ranges: [Self.private10, Self.unique])
        #expect(judge(rules, .elsewhere, address, isLocal: false) == (isAllowed ? nil : .addressNotAllowed))
        // Listeners of this machine alone are none of their business.
        #expect(judge(rules, .elsewhere, address, isLocal: true) == nil)
    }

    @Test func aClientOfThisMachineIsJudgedByBoth() {
        let rules = PeerRules(users: [1000], ranges: [Self.private10])
        #expect(judge(rules, .user(1000), Self.ipv4(10, 0, 0, 9), isLocal: false) == nil)
        #expect(judge(rules, .user(1000), Self.ipv4(192, 168, 0, 9), isLocal: false) == .addressNotAllowed)
        #expect(judge(rules, .user(1001), Self.ipv4(10, 0, 0, 9), isLocal: false) == .userNotAllowed)
        #expect(judge(rules, .elsewhere, nil, isLocal: false) == .addressNotAllowed)
    }

    @Test func prefixesOfEveryLength() {
        let address = PeerAddress(high: 0x2001_0DB8_0000_0001, low: 0x8000_0000_0000_0001)
        for length in 1...128 {
            let bit = length - 1
            let inside = AddressRange(address, length: length)
            #expect(inside.contains(address))
            let other =
                bit < 64
                ? PeerAddress(high: 0x2001_0DB8_0000_0001 ^ (1 << UInt64(63 - bit)), low: 0x8000_0000_0000_0001)
                : PeerAddress(high: 0x2001_0DB8_0000_0001, low: 0x8000_0000_0000_0001 ^ (1 << UInt64(127 - bit)))
            #expect(!inside.contains(other), "the last bit of /\(length)")
        }
        #expect(AddressRange(address, length: 0).contains(PeerAddress(high: 0, low: 1)))
    }

    @Test func allOfIPv6IsNotAllOfIPv4() {
        let six = AddressRange(PeerAddress(high: 0, low: 0), length: 0)
        #expect(!six.contains(Self.ipv4(10, 0, 0, 1)))
        let four = AddressRange(Self.ipv4(0, 0, 0, 0), length: 96)
        #expect(four.contains(Self.ipv4(10, 0, 0, 1)) && !four.contains(PeerAddress(high: 0, low: 1)))
    }

    @Test func theHintNamesTheLineThatWouldAllowIt() {
        func hint(_ owner: PeerFacts.Owner, _ address: PeerAddress) -> String? {
            PeerRules(users: [1], ranges: [Self.private10])
                .refusal(of: PeerFacts(owner: owner, address: address, isListenerLocal: false))?.hint
        }
        #expect(hint(.user(65_534), Self.ipv4(10, 0, 0, 1)) == "allowed by: allow_uids: [65534]")
        #expect(hint(.elsewhere, Self.ipv4(192, 0, 2, 7)) == #"allowed by: allow_from: ["192.0.2.7"]"#)
        #expect(
            hint(.elsewhere, PeerAddress(high: 0x2001_0DB8 << 32, low: 1))
                == #"allowed by: allow_from: ["2001:db8:0:0:0:0:0:1"]"#)
    }

    @Test func anIPv6HostIsItsNetwork() {
        let one = PeerAddress(high: 0x2001_0DB8 << 32, low: 1)
        #expect(one.host == PeerAddress(high: 0x2001_0DB8 << 32, low: 2).host)
        #expect(Self.ipv4(10, 0, 0, 1).host != Self.ipv4(10, 0, 0, 2).host)
    }
}
