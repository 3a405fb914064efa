import Audit
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AuditTrail

@Suite struct AuditTrailTests {
    private let place: TemporaryFolder
    private let log: String
    private let state: String

    init() throws {
        place = try TemporaryFolder()
        log = place.path("audit.log")
        state = place.path("state")
    }

    private final class Told: Sendable {
        let news = Mutex<[AuditTrail.News]>([])
    }

    private func trail(_ mode: AuditTrail.FailureMode = .refuse, _ told: Told = Told()) throws -> AuditTrail {
        try AuditTrail(path: log, stateFolder: state, mode: mode, clock: { 1_800_000_000_000_000_000 }) { news in
            told.news.withLock { $0.append(news) }
        }
    }

    private func request(_ number: Int = 0) -> AuditEntry.Request {
        AuditEntry.Request(
            client: .key("maria"), requestID: Array("r\(number)".utf8), method: "GET", route: "/v3/sql", status: 200,
            code: "", bytesIn: 1, bytesOut: 2)
    }

    private func serve(_ trail: AuditTrail, _ count: Int) {
        for number in 0..<count {
            #expect(trail.reserve())
            trail.submit(request(number), at: 0, isReserved: true)
        }
    }

    private func verify(older: [String] = []) throws -> AuditVerifier {
        try AuditVerification(path: log, stateFolder: state).run(older: older)
    }

    private func lines() throws -> [String] {
        String(decoding: try place.content(of: "audit.log"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func write(_ lines: [String], ending: String = "\n") throws {
        try place.write(Array((lines.joined(separator: "\n") + ending).utf8), to: "audit.log")
    }

    @Test func whatWasServedIsWrittenAndVerifies() throws {
        let first = try trail()
        serve(first, 50)
        first.stop()
        let second = try trail()
        serve(second, 50)
        second.stop()
        let verifier = try verify()
        #expect(verifier.faults == [])
        #expect(verifier.count == 104 && verifier.last?.number == 104)
        #expect(try place.mode(of: "audit.log") == 0o600)
    }

    @Test func everythingDoneToTheFileIsFound() throws {
        let trail = try trail()
        serve(trail, 10)
        trail.stop()
        let good = try lines()
        try write(Array(good.dropLast()))
        #expect(try verify().faults == [.cutEnd(last: 11, expected: 12)])
        try write(Array(good.dropFirst(2)))
        #expect(try verify().faults == [.cutStart(first: 3, expected: 1)])
        var edited = good
        edited[4] = edited[4].replacingOccurrences(of: "200", with: "404")
        try write(edited)
        #expect(try verify().faults == [.changed(AuditFault.Place(file: log, line: 5), number: 5)])
        edited = good
        edited.swapAt(4, 5)
        try write(edited)
        #expect(try !verify().faults.isEmpty)
        try write(good)
        #expect(try verify().faults == [])
        try write(good, ending: "\n{}\n")
        #expect(try verify().faults == [.notALine(AuditFault.Place(file: log, line: 13))])
    }

    @Test func aProcessThatWasKilledLeavesALogThatVerifies() throws {
        // Killed after the lines and before the head record.
        let first = try trail()
        serve(first, 3)
        first.stop()
        let heads = try #require(try place.names(in: "state").first { $0.hasPrefix("head-") })
        let before = try place.content(of: "state/" + heads)
        let second = try trail()
        serve(second, 3)
        second.stop()
        try place.write(before, to: "state/" + heads)
        #expect(try verify().faults == [])
        // In the middle of a line.
        let whole = try lines()
        try write(whole, ending: "\n" + whole[0].prefix(40))
        #expect(try verify().faults == [.torn(AuditFault.Place(file: log, line: 11))])
        let third = try trail()
        serve(third, 1)
        third.stop()
        #expect(try verify().faults == [])
        #expect(try lines().contains { $0.contains(#""event":"mended","bytes":40"#) })
    }

    @Test func aCutIsToldAtTheNextStartAndStaysVisible() throws {
        let first = try trail()
        serve(first, 5)
        first.stop()
        try write(Array(try lines().dropLast(2)))
        let told = Told()
        let second = try trail(.refuse, told)
        serve(second, 1)
        second.stop()
        #expect(told.news.withLock { $0 } == [.cutFound])
        #expect(
            try verify().faults == [.missing(AuditFault.Place(file: log, line: 6), from: 6, through: 7)])
    }

    @Test func aRenamedFileIsLeftAlone() throws {
        let trail = try trail()
        serve(trail, 5)
        trail.stop()
        try FileManager.default.moveItem(atPath: log, toPath: place.path("audit.log.1"))
        serve(trail, 5)
        trail.stop()
        #expect(try lines().first?.contains(#""event":"continued""#) == true)
        #expect(try verify().faults == [])
        #expect(try verify(older: [place.path("audit.log.1")]).faults == [])
        #expect(try verify(older: [place.path("audit.log.1")]).first == 1)
        try write(Array(try lines().dropFirst()))
        #expect(try verify().faults == [.cutStart(first: 9, expected: 8)])
    }

    @Test func twoProcessesShareALog() async throws {
        let trails = [try trail(), try trail(), try trail()]
        await withTaskGroup { group in
            for trail in trails { group.addTask { self.serve(trail, 300) } }
        }
        for trail in trails { trail.stop() }
        let verifier = try verify()
        #expect(verifier.faults == [] && verifier.count == 906)
    }

    @Test func whileNothingCanBeWrittenRequestsAreRefusedOrCounted() throws {
        for mode in [AuditTrail.FailureMode.refuse, .serve] {
            let told = Told()
            let trail = try trail(mode, told)
            // The head record's folder is away: no lock, no line. As root, modes would stop nothing.
            try FileManager.default.moveItem(atPath: log, toPath: place.path("moved"))
            try FileManager.default.createDirectory(atPath: log, withIntermediateDirectories: true)
            #expect(trail.reserve())
            trail.submit(request(), at: 0, isReserved: true)
            waitUntil { told.news.withLock { !$0.isEmpty } }
            #expect(trail.reserve() == (mode == .serve))
            if mode == .serve { trail.submit(request(), at: 0, isReserved: true) }
            try FileManager.default.removeItem(atPath: log)
            try FileManager.default.moveItem(atPath: place.path("moved"), toPath: log)
            waitUntil { told.news.withLock { $0.last == .recovered } }
            #expect(trail.reserve())
            trail.submit(request(), at: 0, isReserved: true)
            trail.stop()
            #expect(try verify().faults == [])
            let text = try lines().joined()
            switch mode {
            case .refuse: #expect(!text.contains("lost"))
            case .serve: #expect(text.contains(#""event":"lost","lines""#))
            }
        }
    }

    @Test func aRequestKeepsItsPlace() throws {
        let trail = try trail()
        for _ in 0..<AuditTrail.limit { #expect(trail.reserve()) }
        #expect(!trail.reserve())
        trail.submit(request(), at: 0, isReserved: false)
        for number in 0..<AuditTrail.limit { trail.submit(request(number), at: 0, isReserved: true) }
        trail.stop()
        let verifier = try verify()
        #expect(verifier.faults == [])
        // Started, every request, what was refused for want of a place, stopped.
        #expect(verifier.count == AuditTrail.limit + 3)
    }

    private func waitUntil(_ condition: () -> Bool) {
        for _ in 0..<1000 where !condition() { usleep(10_000) }
        #expect(condition())
    }
}
