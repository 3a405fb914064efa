import ClientKeys
import TestSupport
import Testing

@testable import KeyStore

@Suite struct UsageFileTests {
    private let place: TemporaryFolder

    init() throws { place = try TemporaryFolder() }

    private func file() -> UsageFile { UsageFile(in: place.path("state"), of: "/keys.json") }

    private func use(_ meters: KeyMeters, _ count: Int) {
        for _ in 0..<count { #expect(meters.meter(of: "a").charge(nil, quota: 1000, boot: 0, wall: 1) == .granted) }
    }

    @Test func useOutlivesTheProcess() throws {
        do {
            let (meters, file) = (KeyMeters(), file())
            use(meters, 100)
            try file.keep(meters, quota: { _ in 1000 }, isLast: true)
        }
        let meters = KeyMeters()
        try file().keep(meters, quota: { _ in 1000 })
        #expect(meters.counts["a"]?.count == 100)
        use(meters, 900)
        #expect(meters.meter(of: "a").charge(nil, quota: 1000, boot: 0, wall: 1) == .quotaSpent)
    }

    /// Killed in the middle of things: at most a hundredth is lost, and no more is given than there was.
    @Test func aCrashCostsAHundredth() throws {
        do {
            let (meters, file) = (KeyMeters(), file())
            use(meters, 100)
            try file.keep(meters, quota: { _ in 1000 })
            use(meters, 7)
        }
        do {
            let (meters, file) = (KeyMeters(), file())
            try file.keep(meters, quota: { _ in 1000 })
            #expect(meters.counts["a"]?.count == 110)
            // A second without a request, and the truth is written.
            use(meters, 5)
            try file.keep(meters, quota: { _ in 1000 })
            try file.keep(meters, quota: { _ in 1000 })
        }
        #expect(try file().load()["a"]?.count == 115)
    }

    @Test func ofTwoProcessesOneKeepsTheFile() throws {
        let (first, second) = (file(), file())
        let (firstMeters, secondMeters) = (KeyMeters(), KeyMeters())
        use(firstMeters, 5)
        try first.keep(firstMeters, quota: { _ in nil })
        use(secondMeters, 50)
        try second.keep(secondMeters, quota: { _ in nil }, isLast: true)
        #expect(try file().load()["a"]?.count == 5)
    }

    /// The new one begins where the old one is, and takes note of what that goes on to count until it ends.
    @Test func whoTakesAnothersPlaceGoesOnFromTheSum() throws {
        let meters = KeyMeters()
        let new = file()
        do {
            let (oldMeters, old) = (KeyMeters(), file())
            use(oldMeters, 40)
            try old.keep(oldMeters, quota: { _ in 1000 })
            try new.absorb(into: meters)
            // Ahead of the truth by a hundredth, while the old one is in use.
            #expect(meters.counts["a"]?.count == 50)
            use(meters, 20)
            use(oldMeters, 3)
            try old.keep(oldMeters, quota: { _ in 1000 })
            try new.keep(meters, quota: { _ in 1000 })
            #expect(meters.counts["a"]?.count == 73)
            try old.keep(oldMeters, quota: { _ in 1000 }, isLast: true)
        }
        try new.keep(meters, quota: { _ in 1000 }, isLast: true)
        #expect(try file().load()["a"]?.count == 63)
    }

    @Test func whatCannotBeReadIsBegunAnew() throws {
        let file = file()
        try file.keep(KeyMeters(), quota: { _ in nil })
        let name = try #require(try place.names(in: "state").first { $0.hasSuffix(".lock") })
        try place.write(Array("nonsense".utf8), to: "state/" + name.dropLast(5))
        #expect(try UsageFile(in: place.path("state"), of: "/keys.json").load().isEmpty)
    }
}
