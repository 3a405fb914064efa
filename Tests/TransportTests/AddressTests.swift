import Testing

@testable import Transport

@Suite struct SocketAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1", 80, "127.0.0.1:80", true), ("0.0.0.0", 0, "0.0.0.0:0", false),
            ("255.255.255.255", 65535, "255.255.255.255:65535", false),
            ("127.255.0.9", 1, "127.255.0.9:1", true), ("128.0.0.1", 1, "128.0.0.1:1", false),
            ("::1", 443, "[::1]:443", true),
            ("::", 1, "[::]:1", false), ("2001:db8::ff00:42:8329", 8080, "[2001:db8::ff00:42:8329]:8080", false),
            ("::ffff:127.0.0.1", 5, "[::ffff:127.0.0.1]:5", false), ("fe80::1", 5, "[fe80::1]:5", false),
        ] as [(String, UInt16, String, Bool)])
    func numericAddressesGoThereAndBack(_ text: String, _ port: UInt16, _ shown: String, _ isLoopback: Bool) throws {
        let address = try #require(SocketAddress(numeric: text, port: port))
        #expect(address.description == shown)
        #expect(address.host == text)
        #expect(address.port == port)
        #expect(address.isLoopback == isLoopback)
        let back = address.withSystemAddress { pointer, length in SocketAddress(pointer, length: length) }
        #expect(back == .some(.some(address)))
    }

    @Test(arguments: [
        "", "localhost", "127.1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "0x7f.1.1.1", "::1%lo", "[::1]", "1.2.3.4 ",
        "1.2.3.4\u{0}", "::g",
    ])
    func othersAreNone(_ text: String) { #expect(SocketAddress(numeric: text, port: 1) == nil) }

    @Test func pathsHaveTheirLimits() {
        let longest = String(repeating: "p", count: SocketAddress.longestPath)
        #expect(SocketAddress.unix(path: longest).withSystemAddress { _, _ in true } == true)
        #expect(SocketAddress.unix(path: longest + "p").withSystemAddress { _, _ in true } == nil)
        #expect(SocketAddress.unix(path: "a\u{0}b").withSystemAddress { _, _ in true } == nil)
        #expect(SocketAddress.unix(path: "/run/x").description == "unix:/run/x")
        #expect(SocketAddress.unix(path: "/run/x").port == nil)
        #expect(SocketAddress.unix(path: "/run/x").isLoopback)
    }

    @Test func anotherPortIsTheSameAddress() {
        #expect(SocketAddress.ipv4(1, port: 2).with(port: 3) == .ipv4(1, port: 3))
        #expect(
            SocketAddress.ipv6(high: 1, low: 2, scope: 3, port: 4).with(port: 5)
                == .ipv6(high: 1, low: 2, scope: 3, port: 5))
    }
}

@Suite struct AddressOrderTests {
    private func four(_ number: UInt32) -> SocketAddress { .ipv4(number, port: 1) }
    private func six(_ number: UInt64) -> SocketAddress { .ipv6(high: 0, low: number, scope: 0, port: 1) }

    @Test func familiesTakeTurns() {
        #expect(AddressOrder.interleaved([]) == [])
        #expect(AddressOrder.interleaved([four(1)]) == [four(1)])
        #expect(AddressOrder.interleaved([six(1), six(2), six(3), four(1)]) == [six(1), four(1), six(2), six(3)])
        #expect(
            AddressOrder.interleaved([four(1), six(1), six(2), four(2), six(3)]) == [
                four(1), six(1), four(2), six(2), six(3),
            ])
    }
}

@Suite struct ResolverTests {
    @Test func whatNeedsNoLookUp() {
        #expect(Resolver.immediate("127.0.0.1", port: 5) == [.ipv4(0x7F00_0001, port: 5)])
        #expect(Resolver.immediate("::1", port: 5) == [.ipv6(high: 0, low: 1, scope: 0, port: 5)])
        #expect(Resolver.immediate("localhost", port: 5)?.allSatisfy(\.isLoopback) == true)
        #expect(Resolver.immediate("localhost.example", port: 5) == nil)
    }
}

@Suite struct SmallTransportTests {
    @Test func scratchIsLentOnceAtATime() {
        var scratch = Scratch()
        var one = scratch.take()
        one[0] = 7
        let two = scratch.take()
        #expect(two[0] == 0 && two.count == Scratch.size)
        scratch.giveBack(one)
        #expect(scratch.take()[0] == 7)
    }

    @Test func registrationsAreTags() {
        for registration in [
            Registration(index: 0, generation: 0), Registration(index: .max - 1, generation: 7),
            Registration(index: 3, generation: .max),
        ] {
            #expect(Registration(tag: registration.tag) == registration)
        }
    }

    @Test(
        arguments: [
            (Duration.seconds(1), 1_000_000_000), (.zero, 0), (.seconds(-2), -2_000_000_000),
            (.seconds(Int64.max), .max), (.seconds(Int64.min), .min), (.nanoseconds(5), 5),
        ] as [(Duration, Int64)])
    func durationsAreClamped(_ duration: Duration, _ expected: Int64) {
        #expect(duration.clampedNanoseconds == expected)
    }

    @Test func errorsHaveWords() {
        #expect(SystemError.connectionRefused.explanation == "Connection refused")
        #expect(!SystemError(number: 99_999).explanation.isEmpty)
    }
}
