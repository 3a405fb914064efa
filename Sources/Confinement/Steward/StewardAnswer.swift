/// What the steward answers: a byte for the kind, a number in four, then bytes. A descriptor comes beside it.
package enum StewardAnswer: Equatable, Sendable {
    /// It was done; what came of it, where that is bytes.
    case done([UInt8])
    /// No configuration that the steward has read names this.
    case notNamed
    /// The system refused, with that `errno`.
    case failed(Int32)
    /// The command gave no output to use.
    case noOutput(reason: CommandFailure)

    package enum CommandFailure: Equatable, Sendable {
        case notStarted(Int32)
        case timedOut
        case outputTooLong
        case exited(Int32)
        case killed(Int32)
        case unreadable(Int32)
    }

    /// In bytes: a command's output is a secret or a token, and neither is near it.
    package static let limit = 64 << 10
    private static let headSize = 5

    package var encoded: [UInt8]? {
        let (kind, number, content): (UInt8, Int32, [UInt8]) =
            switch self {
            case .done(let bytes): (0, 0, bytes)
            case .notNamed: (1, 0, [])
            case .failed(let code): (2, code, [])
            case .noOutput(.notStarted(let code)): (3, code, [])
            case .noOutput(.timedOut): (4, 0, [])
            case .noOutput(.outputTooLong): (5, 0, [])
            case .noOutput(.exited(let code)): (6, code, [])
            case .noOutput(.killed(let signal)): (7, signal, [])
            case .noOutput(.unreadable(let code)): (8, code, [])
            }
        guard Self.headSize + content.count <= Self.limit else { return nil }
        let bits = UInt32(bitPattern: number)
        var bytes: [UInt8] = []
        // At its full size: a secret is not left behind by an array that grew.
        bytes.reserveCapacity(Self.headSize + content.count)
        bytes.append(kind)
        for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        bytes += content
        return bytes
    }

    package init?(decoding bytes: [UInt8]) {
        guard bytes.count >= Self.headSize, bytes.count <= Self.limit else { return nil }
        let number = Int32(bitPattern: bytes[1..<Self.headSize].reduce(0) { $0 << 8 | UInt32($1) })
        let content = bytes[Self.headSize...]
        guard bytes[0] == 0 || content.isEmpty else { return nil }
        switch bytes[0] {
        case 0 where number == 0: self = .done(Array(content))
        case 1: self = .notNamed
        case 2: self = .failed(number)
        case 3: self = .noOutput(reason: .notStarted(number))
        case 4: self = .noOutput(reason: .timedOut)
        case 5: self = .noOutput(reason: .outputTooLong)
        case 6: self = .noOutput(reason: .exited(number))
        case 7: self = .noOutput(reason: .killed(number))
        case 8: self = .noOutput(reason: .unreadable(number))
        default: return nil
        }
    }
}
