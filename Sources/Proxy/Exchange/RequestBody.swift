import Upstream
import Wire

/// The body of a request on its way upstream: framed anew, cleaned of credentials, and kept as long as it is small
/// in case the request must be sent again.
struct RequestBody {
    private enum Framing {
        case none
        case length
        case chunked
        /// Collected whole before anything of the request is sent.
        case held
    }

    /// What is kept of a body for a second sending, in bytes; a longer one is sent once only.
    static let replayLimit = 64 << 10

    private var framing = Framing.none
    private var announced: Int64 = 0
    private var form: FormFilter?
    private var kept: [UInt8] = []
    private var isKept = true
    private(set) var isComplete = true

    /// Whether the request has no body at all.
    var isNone: Bool { framing == .none }

    /// Whether all that was sent so far is still here, and is all there was.
    var canBeSentAgain: Bool { isNone || (isComplete && isKept) }

    mutating func begin(_ body: BodyFraming, isForm: Bool) {
        isComplete = false
        isKept = true
        form = isForm ? FormFilter() : nil
        switch body {
        case .none, .untilClose:
            framing = .none
            isComplete = true
            announced = -1
        case .length(let length):
            framing = length == 0 ? .none : .length
            isComplete = length == 0
            announced = length
        case .chunked:
            framing = .chunked
            announced = -1
        }
    }

    /// How the head announces it. A length of zero is passed on: some servers insist on one (RFC 9110 §8.6).
    var composed: RequestComposer.Framing {
        switch framing {
        case .none: announced == 0 ? .length(0) : .none
        case .length: .length(announced)
        case .chunked: .chunked
        // Its length is known only once it is there.
        case .held: .none
        }
    }

    // MARK: Holding

    /// A body of no more than this can be waited for before a connection is taken for it, in bytes.
    static let shortLimit = 16 << 10

    /// Whether the body is known to be short.
    var isShort: Bool { framing == .length && announced <= Self.shortLimit }

    /// Whether a body is to come, or is there, that is not sent before it has been judged.
    var isHeld: Bool { framing == .held }

    /// Makes the body one that is collected first.
    ///
    /// - Returns: false where it says itself that it is longer than `limit`, in bytes.
    mutating func hold(limit: Int) -> Bool {
        guard announced <= limit else { return false }
        framing = .held
        return true
    }

    /// - Returns: false where the body has become longer than `limit`, in bytes.
    mutating func collect(_ bytes: Span<UInt8>, limit: Int) -> Bool {
        guard kept.count + bytes.count <= limit else { return false }
        kept.append(copying: bytes)
        return true
    }

    /// Lends what was collected.
    func withCollected<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        try body(kept.span)
    }

    /// The body is whole and may be sent. It is kept, so that it can be sent again however long it is; trailers
    /// are not passed on with a length (RFC 9110 §6.5.1).
    ///
    /// - Returns: the length to announce.
    mutating func release() -> Int {
        isComplete = true
        if var filter = form {
            var clean: [UInt8] = []
            clean.reserveCapacity(kept.count)
            filter.filter(kept.span, into: &clean)
            filter.finish(into: &clean)
            kept = clean
        }
        announced = Int64(clamping: kept.count)
        framing = kept.isEmpty ? .none : .length
        return kept.count
    }

    // MARK: Sending

    mutating func send(_ bytes: Span<UInt8>, to upstream: UpstreamConnection) {
        guard form != nil else { return sendClean(bytes, to: upstream) }
        var clean: [UInt8] = []
        form?.filter(bytes, into: &clean)
        sendClean(clean.span, to: upstream)
    }

    mutating func finish(_ trailers: TrailerSection?, to upstream: UpstreamConnection) {
        if form != nil {
            var clean: [UInt8] = []
            form?.finish(into: &clean)
            sendClean(clean.span, to: upstream)
        }
        isComplete = true
        if framing == .chunked {
            var end: [UInt8] = []
            if let trailers {
                ChunkWriter.appendLastChunk(
                    trailers, where: { !RequestComposer.removed.contains($0.known) }, to: &end)
            } else {
                ChunkWriter.appendLastChunk(to: &end)
            }
            keep(end.span)
            upstream.send(end.span)
        }
        upstream.finishSending()
    }

    private mutating func sendClean(_ bytes: Span<UInt8>, to upstream: UpstreamConnection) {
        guard !bytes.isEmpty else { return }
        switch framing {
        case .none, .held: break
        case .length:
            keep(bytes)
            upstream.send(bytes)
        case .chunked:
            var chunk: [UInt8] = []
            chunk.reserveCapacity(bytes.count + 20)
            ChunkWriter.appendSizeLine(bytes.count, to: &chunk)
            chunk.append(copying: bytes)
            ChunkWriter.appendDataEnd(to: &chunk)
            keep(chunk.span)
            upstream.send(chunk.span)
        }
    }

    private mutating func keep(_ bytes: Span<UInt8>) {
        guard isKept else { return }
        guard kept.count + bytes.count <= Self.replayLimit else {
            isKept = false
            kept = []
            return
        }
        kept.append(copying: bytes)
    }

    /// What was sent before, to another connection.
    func sendAgain(to upstream: UpstreamConnection) {
        guard isKept, !kept.isEmpty else { return }
        upstream.send(kept.span)
    }

    mutating func reset() {
        kept.removeAll(keepingCapacity: kept.capacity <= 4 << 10)
        form = nil
        framing = .none
        isComplete = true
    }
}
