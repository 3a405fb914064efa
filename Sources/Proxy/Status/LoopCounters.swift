import Observability

/// What one event loop has done since it began: plain numbers, that only the loop itself touches.
package struct LoopCounters: Equatable, Sendable {
    /// Connections taken.
    package private(set) var accepted = 0
    /// Answers by the first digit of their status: 2, 3, 4, 5.
    package private(set) var answers = [0, 0, 0, 0]
    /// Of these, how many were errors made here.
    package private(set) var ownErrors = 0
    /// Bytes of bodies, from clients and to them.
    package private(set) var bytesIn: Int64 = 0
    package private(set) var bytesOut: Int64 = 0
    /// Secrets of ours found in bodies and fields of answers and masked.
    package var masked = 0
    /// Answers cut because a secret of ours was in them and could not be masked.
    package private(set) var cut = 0

    package init() {}

    mutating func connectionAccepted() { accepted &+= 1 }

    mutating func secretsMasked(_ count: Int) { masked &+= count }

    mutating func answerCut() { cut &+= 1 }

    mutating func answered(_ record: borrowing AccessRecord) {
        switch record.status {
        case 200..<300: answers[0] &+= 1
        case 300..<400: answers[1] &+= 1
        case 400..<500: answers[2] &+= 1
        default: answers[3] &+= 1
        }
        if !record.code.isEmpty { ownErrors &+= 1 }
        bytesIn &+= record.bytesIn
        bytesOut &+= record.bytesOut
    }

    static func + (one: LoopCounters, other: LoopCounters) -> LoopCounters {
        var sum = one
        sum.accepted &+= other.accepted
        for index in sum.answers.indices { sum.answers[index] &+= other.answers[index] }
        sum.ownErrors &+= other.ownErrors
        sum.bytesIn &+= other.bytesIn
        sum.bytesOut &+= other.bytesOut
        sum.masked &+= other.masked
        sum.cut &+= other.cut
        return sum
    }
}
