import Compression
import Rewriting
import Wire

/// What is done with the bytes of one answer's body on their way to the client.
///
///     opaque (tiles, archives)         ──▶ direct
///     text or JSON                     ──▶ searched for our secrets, masked at equal length
///     text or JSON under gzip          ──▶ inflated beside and searched; relayed as it came, cut on a hit
///     JSON that names URLs of the API  ──▶ searched and rewritten, gzip taken off and put on again
enum AnswerBody {
    case direct
    case searched(GuardScanner)
    case searchedBeside(CompressedGuard)
    case rewritten(BodyRewriter)

    /// The output of one step, in bytes: it is passed on before the next is taken.
    private static let step = 64 << 10

    /// The most compressed bytes that one turn of a loop takes: they can become 8 MiB, which takes some 10 ms. Those that
    /// come with the head are known to be compressed when they are there already: 20 KiB, at the worst 20 MiB and 25 ms.
    private static let inflatedStep = 8 << 10

    /// To how much those may inflate that one turn takes, going by what came of those before: some 2 ms' work.
    private static let inflatedGoal = 1 << 20

    /// Takes a part of the body and gives what may go on to `emit`, in one or several parts.
    ///
    /// - Parameter isLast: whether the body is known to end with it: then nothing is held back for what may follow.
    func take(_ bytes: Span<UInt8>, isLast: Bool, emit: (Span<UInt8>) -> Void) throws(RewritingError) {
        var output: [UInt8] = []
        switch self {
        case .direct: emit(bytes)
        case .searched(let scanner): scanner.scan(bytes, isLast: isLast, emit: emit)
        case .searchedBeside(let searcher):
            var offset = 0
            while offset < bytes.count {
                offset += try searcher.scan(bytes, from: offset, into: &output).consumed
                if !output.isEmpty { emit(output.span) }
                output.removeAll(keepingCapacity: true)
            }
        case .rewritten(let rewriter):
            var offset = 0
            while true {
                let progress = try rewriter.rewrite(bytes, from: offset, into: &output, limit: Self.step)
                offset += progress.consumed
                if !output.isEmpty { emit(output.span) }
                output.removeAll(keepingCapacity: true)
                if progress.stop == .inputConsumed { return }
            }
        }
    }

    /// The body has ended: gives what was held back.
    func finish(emit: (Span<UInt8>) -> Void) throws(RewritingError) {
        var output: [UInt8] = []
        switch self {
        case .direct: break
        case .searched(let scanner):
            scanner.finish(into: &output)
            if !output.isEmpty { emit(output.span) }
        case .searchedBeside(let searcher):
            try searcher.finish(into: &output)
            if !output.isEmpty { emit(output.span) }
        case .rewritten(let rewriter):
            while true {
                let isDone = try rewriter.finish(into: &output, limit: Self.step)
                if !output.isEmpty { emit(output.span) }
                output.removeAll(keepingCapacity: true)
                if isDone { return }
            }
        }
    }

    /// How often a secret was masked.
    var hits: Int {
        switch self {
        case .direct, .searchedBeside: 0
        case .searched(let scanner): scanner.hits
        case .rewritten(let rewriter): rewriter.hits
        }
    }

    /// How many bytes one turn of a loop takes: few where they become many more.
    var receivingLimit: Int {
        let growth: Int? =
            switch self {
            case .direct, .searched: nil
            case .searchedBeside(let searcher): searcher.growth
            case .rewritten(let rewriter): rewriter.growth
            }
        return growth.map { min(Self.inflatedStep, Self.inflatedGoal / max($0, 1)) } ?? .max
    }

    /// Whether the body is no longer the upstream's, byte for byte and in length.
    var changesLength: Bool {
        switch self {
        case .direct, .searched, .searchedBeside: false
        case .rewritten: true
        }
    }
}
