import Wire

/// The machine that reads an egress proxy's answer to CONNECT. It does no I/O.
///
///     awaiting ──interim head──▶ awaiting ──2xx──▶ open
///         └──────any other head, or none──▶ failed
struct TunnelAnswer {
    private var assembler = HeadAssembler(.response)
    private var head = ResponseHead()
    private var interimCount = 0
    private let limits: HeadLimits

    /// As for an upstream's answers.
    private static let interimLimit = 16

    init(limits: HeadLimits) { self.limits = limits }

    /// - Returns: whether the tunnel is open; if not, more is needed.
    mutating func take(_ input: Span<UInt8>) throws(EgressFailure) -> Bool {
        var offset = 0
        while try readHead(input, from: &offset) {
            switch head.status {
            // RFC 9110 §15.2.2: 101 answers an Upgrade.
            case 101: throw .refused(status: 101)
            case ..<200:
                interimCount += 1
                guard interimCount <= Self.interimLimit else { throw .tooManyInterimAnswers }
            case 200..<300:
                // RFC 9110 §9.3.6: whatever the head says of a body, there is none; and TLS's client speaks first.
                guard offset == input.count else { throw .spokeOutOfTurn }
                return true
            // 401 is an origin's; some proxies say it all the same.
            case 401, 407: throw .credentialsNotAccepted
            case 502...504: throw .upstreamNotReached(status: head.status)
            default: throw .refused(status: head.status)
            }
        }
        return false
    }

    private mutating func readHead(_ input: Span<UInt8>, from offset: inout Int) throws(EgressFailure) -> Bool {
        var parsed = ResponseHead()
        let limits = limits
        do throws(WireError) {
            guard
                try assembler.next(
                    input, from: &offset, limits: limits,
                    parse: { bytes throws(WireError) in try parsed.parsePrefix(of: bytes, limits: limits) })
            else { return false }
        } catch {
            throw .answerMalformed(error)
        }
        head = parsed
        return true
    }
}
