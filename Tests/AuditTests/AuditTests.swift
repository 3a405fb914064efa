import Secrets
import TestSupport
import Testing

@testable import Audit

@Suite struct AuditTests {
    private let key = AuditKey(Secret(copying: [UInt8](repeating: 7, count: 32).span))!

    private func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            at: Int64(number) * 1_000_000_000,
            .request(
                AuditEntry.Request(
                    client: number % 3 == 0 ? .anonymous : number % 3 == 1 ? .key("maria") : .user(1000),
                    requestID: Array("0000\(number)".utf8), method: "GET", route: "/v3/sql/{connection}/query",
                    status: 200, code: number % 5 == 0 ? "route-denied" : "", bytesIn: 0, bytesOut: Int64(number))))
    }

    /// Lines 1 to `count`, and the head record of them.
    private func log(_ count: Int, from start: AuditPosition = .start) -> (lines: [[UInt8]], head: AuditHead) {
        var chain = AuditChain(key, from: start)
        var lines: [[UInt8]] = []
        for number in 0..<count {
            var line: [UInt8] = []
            #expect(chain.append(entry(number), to: &line))
            lines.append(line)
        }
        return (
            lines,
            AuditHead(
                position: chain.position, firstNumber: start.number + 1, file: 1,
                size: Int64(lines.reduce(0) { $0 + $1.count }))
        )
    }

    // Spans cannot stand in the macros of tests.

    private func newest(_ bytes: [UInt8]) -> AuditHead? { AuditHead.newest(bytes.span, under: key) }

    private func tornEnd(_ bytes: [UInt8], from start: Int) -> Int? { AuditTail.tornEnd(bytes.span, from: start) }

    private func follow(_ bytes: [UInt8], from start: AuditPosition) -> (position: AuditPosition, length: Int) {
        AuditTail.follow(bytes.span, from: start, under: key)
    }

    private func verify(_ files: [[[UInt8]]], _ head: AuditHead?, _ pieces: Int = 1 << 20) -> [AuditFault] {
        var verifier = AuditVerifier(key, head: head)
        var generator = SplitMix64(seed: 3)
        for (index, lines) in files.enumerated() {
            verifier.beginFile("f\(index)")
            for piece in generator.pieces(of: lines.flatMap(\.self), longest: pieces) { verifier.take(piece.span) }
        }
        verifier.finish()
        return verifier.faults
    }

    @Test func aLineIsWhatItIsDescribedAs() throws {
        let line = String(decoding: log(2).lines[1], as: UTF8.self)
        #expect(
            line.hasPrefix(
                #"{"n":2,"time":"1970-01-01T00:00:01.000Z","who":"key maria","method":"GET","#
                    + #""route":"/v3/sql/{connection}/query","status":200,"bytes_in":0,"bytes_out":1,"request_id":"00001","prev":""#
            ))
        // `prev` is the code of the line before.
        let first = String(decoding: log(1).lines[0], as: UTF8.self)
        #expect(line.contains(#""prev":"\#(first.dropLast(3).suffix(32))""#))
        #expect(line.hasSuffix("\"}\n"))
    }

    @Test func anUntouchedLogVerifiesInAnySplit() {
        let (lines, head) = log(60)
        for longest in [1, 7, 100, 100_000] { #expect(verify([lines], head, longest) == []) }
        // Lines that were written after the record was read.
        let (more, _) = log(70)
        #expect(verify([more], head) == [])
        let (next, nextHead) = log(10, from: head.position)
        #expect(verify([lines, next], nextHead) == [])
        #expect(verify([next], nextHead) == [])
    }

    @Test func everyChangedByteIsFound() {
        let (lines, head) = log(4)
        for line in lines.indices {
            for index in lines[line].indices {
                var changed = lines
                changed[line][index] ^= 1
                #expect(verify([changed], head) != [], "\(line):\(index)")
            }
        }
        var changed = lines
        changed[1][changed[1].firstIndex(of: UInt8(ascii: "G"))!] = UInt8(ascii: "P")
        #expect(verify([changed], head) == [.changed(AuditFault.Place(file: "f0", line: 2), number: 2)])
    }

    @Test func everyRemovedMovedRepeatedOrCutLineIsFound() {
        let (lines, head) = log(8)
        for index in lines.indices {
            var removed = lines
            removed.remove(at: index)
            #expect(verify([removed], head) != [], "removed \(index)")
            var repeated = lines
            repeated.insert(lines[index], at: index)
            #expect(verify([repeated], head) != [], "repeated \(index)")
            for other in lines.indices where other != index {
                var moved = lines
                moved.swapAt(index, other)
                #expect(verify([moved], head) != [], "swapped \(index) and \(other)")
            }
            #expect(verify([Array(lines[..<index])], head) != [], "cut at \(index)")
        }
        let place = AuditFault.Place(file: "f0", line: 4)
        var removed = lines
        removed.removeSubrange(3...4)
        #expect(verify([removed], head) == [.missing(place, from: 4, through: 5)])
        #expect(verify([Array(lines[..<6])], head) == [.cutEnd(last: 6, expected: 8)])
        #expect(verify([Array(lines[2...])], head) == [.cutStart(first: 3, expected: 1)])
        var torn = lines
        torn[7].removeLast(10)
        #expect(
            verify([torn], head) == [
                .torn(AuditFault.Place(file: "f0", line: 8)), .cutEnd(last: 7, expected: 8),
            ])
        var inserted = lines
        inserted.insert(Array("nothing\n".utf8), at: 2)
        #expect(verify([inserted], head) == [.notALine(AuditFault.Place(file: "f0", line: 3))])
        #expect(verify([lines], nil) == [.noHead])
    }

    @Test func aChainOfAnotherKeyOrAnotherPastDoesNotPass() {
        let (lines, head) = log(5)
        var other = AuditChain(AuditKey(Secret(copying: [UInt8](repeating: 8, count: 32).span))!, from: .start)
        var forged: [UInt8] = []
        for number in 0..<5 { _ = other.append(entry(number), to: &forged) }
        #expect(verify([[forged]], head).count == 6)
        // The same numbers, written by us from another place.
        let (otherPast, _) = log(3, from: AuditPosition(number: 2, code: head.position.code))
        #expect(
            verify([Array(lines[..<2]) + otherPast], head) == [
                .unlinked(AuditFault.Place(file: "f0", line: 3), number: 3), .otherEnd(number: 5),
            ])
    }

    @Test func theHeadRecordIsWrittenInTurnAndSealed() throws {
        let first = AuditHead(position: log(3).head.position, firstNumber: 1, file: 77, size: 1234)
        let second = log(4).head
        let (one, two) = (try #require(first.encode(under: key)), try #require(second.encode(under: key)))
        #expect(one.count == AuditHead.slotSize && two.count == AuditHead.slotSize)
        #expect(newest((one + two)) == second)
        #expect(newest((two + one)) == second)
        #expect(newest(one) == first)
        #expect(newest([]) == nil)
        // Of one that is half written the other one is used.
        for cut in 0..<(AuditHead.slotSize - 1) where two[cut] != 0x20 {
            var torn = two
            torn[cut] = 0x20
            #expect(newest((one + torn)) == first)
        }
    }

    @Test func whatStandsBehindTheHeadRecordIsFollowed() {
        let (lines, _) = log(6)
        let position = log(3).head.position
        let behind = Array(lines[3...].joined())
        let all = follow(behind, from: position)
        #expect(all.position == log(6).head.position && all.length == behind.count)
        let torn = Array(behind.dropLast(3))
        let some = follow(torn, from: position)
        #expect(some.position == log(5).head.position)
        #expect(tornEnd(torn, from: some.length) == some.length)
        #expect(tornEnd(behind, from: all.length) == nil)
        #expect(follow(behind, from: .start).length == 0)
    }

    @Test func garbageEndsInFaultsAndNothingElse() {
        var generator = SplitMix64(seed: 5)
        let (lines, head) = log(5)
        for _ in 0..<500 {
            var bytes = Array(lines.joined())
            for _ in 0..<5 {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            #expect(verify([[bytes]], head, 33) != [] || bytes == Array(lines.joined()))
        }
        #expect(verify([[[UInt8](repeating: 0x61, count: 100_000)]], head) != [])
    }
}
