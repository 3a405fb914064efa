import Wire

/// The machine that makes whole requests of one client's bytes. It does no I/O.
package struct RequestReceiver {
    package enum Event {
        /// The input is used up.
        case needsMore
        /// The client wants to hear that its content is welcome before it sends it (RFC 9110 §10.1.1).
        case contentAwaited
        case request(ReceivedRequest)
    }

    /// What has come of the next request.
    package enum Stage: Equatable {
        case nothing
        case partOfHead
        case head
    }

    private var assembler = HeadAssembler(.request)
    private var body = BodyReader()
    /// The request whose content is coming in.
    private var pending: ReceivedRequest?
    private let limits = HeadLimits.standard

    package init() {}

    /// Of a request's content no more is kept than this, in bytes; the rest is counted.
    package static let keptContent = 1 << 20

    package var stage: Stage { pending != nil ? .head : assembler.hasBegun ? .partOfHead : .nothing }

    /// The next event in `input` from `offset` on, which is moved behind what was used.
    package mutating func next(_ input: Span<UInt8>, from offset: inout Int) throws(WireError) -> Event {
        if pending == nil {
            guard let awaitsContent = try beginRequest(input, from: &offset) else { return .needsMore }
            if awaitsContent, offset == input.count { return .contentAwaited }
        }
        while true {
            switch try body.next(input, from: &offset) {
            case .data(let range): keep(input.extracting(range))
            case .needsMore: return .needsMore
            case .ended:
                guard let request = pending else { return .needsMore }
                pending = nil
                return .request(request)
            }
        }
    }

    /// - Returns: whether the client waits before it sends its content; nil where the head is not complete.
    private mutating func beginRequest(_ input: Span<UInt8>, from offset: inout Int) throws(WireError) -> Bool? {
        var head = RequestHead()
        let isComplete = try assembler.next(input, from: &offset, limits: limits) { [limits] bytes throws(WireError) in
            try head.parsePrefix(of: bytes, limits: limits)
        }
        guard isComplete else { return nil }
        let framing = try BodyFraming.ofRequest(head)
        body.begin(framing)
        pending = ReceivedRequest(
            request: Self.request(of: head), isHead: head.method == .head, isHTTP10: head.minorVersion == 0,
            keepsConnection: try ConnectionOptions.of(head).keepAlive)
        return !body.hasEnded && head.minorVersion > 0 && Self.expectsContinue(head)
    }

    private mutating func keep(_ content: Span<UInt8>) {
        guard pending != nil else { return }
        let room = max(Self.keptContent - (pending?.request.body.count ?? 0), 0)
        pending?.request.body.append(copying: content.extracting(0..<min(content.count, room)))
        pending?.request.receivedBytes &+= Int64(content.count)
    }

    private static func request(of head: RequestHead) -> SandboxRequest {
        func text(_ slice: ByteSlice) -> String { String(decoding: head.storage[slice.range], as: UTF8.self) }
        let path =
            switch head.target.form {
            case .asterisk: "*"
            // An absolute form without a path means the root (RFC 9112 §3.2.1); CONNECT's has none.
            case .absolute, .authority, .origin: head.target.path.isEmpty ? "/" : text(head.target.path)
            }
        return SandboxRequest(
            method: text(head.methodSlice), path: path, query: head.target.query.map(text) ?? "",
            fields: head.lines.map { (name: text($0.name), value: text($0.value)) })
    }

    private static func expectsContinue(_ head: RequestHead) -> Bool {
        for line in head.lines where line.known == .expect {
            if ByteComparison.equalIgnoringCase(head.storage.span.extracting(line.value.range), "100-continue") {
                return true
            }
        }
        return false
    }
}
