import CZlib

/// Inflates one body, however it is cut, and can be used again for the next (``reset(limits:)``).
///
/// A gzip body may consist of several members (RFC 1952 §2.2); what they inflate to is joined. Whether a
/// body is whole is known only when its input has ended: call ``finish()`` then.
///
/// The class exists for its address: zlib's state points back at the `z_stream`, which must not move.
@safe
package final class Inflater {
    /// What encloses the deflate data.
    package enum Format: Equatable, Sendable {
        /// RFC 1952; the content coding `gzip` (RFC 9110 §8.4.1.3).
        case gzip
        /// RFC 1950; the content coding `deflate` (RFC 9110 §8.4.1.2).
        case zlib

        // 15 is the largest window; 16 more asks zlib for the gzip format.
        fileprivate var windowBits: CInt {
            switch self {
            case .gzip: 31
            case .zlib: 15
            }
        }
    }

    private enum State {
        case beforeFirstMember
        case insideMember
        case betweenMembers
        case failed(CompressionError)
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private let format: Format
    private var limits: InflateLimits
    private var state = State.beforeFirstMember
    private var memberCount = 0
    private var inputCount = 0
    private var outputCount = 0
    // Of the last few kilobytes of input: what a body has been so far says little about what it becomes.
    private var recentInput = 0
    private var recentOutput = 0

    package init(_ format: Format = .gzip, limits: InflateLimits = InflateLimits()) throws(CompressionError) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        self.format = format
        self.limits = limits
        guard unsafe cartouche_inflate_init(stream, format.windowBits) == Z_OK else { throw .memoryMustSuffice }
    }

    deinit {
        // After a failed initialisation there is no state, and zlib answers Z_STREAM_ERROR: harmless.
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Makes ready for another body, keeping zlib's memory.
    package func reset(limits: InflateLimits = InflateLimits()) {
        unsafe inflateReset(stream)
        self.limits = limits
        state = .beforeFirstMember
        memberCount = 0
        inputCount = 0
        outputCount = 0
        recentInput = 0
        recentOutput = 0
    }

    /// How many bytes have lately come of one; 1 at least.
    package var growth: Int { max(recentOutput / max(recentInput, 1), 1) }

    /// Inflates `input` from `offset` on, appending at most `limit` bytes to `output`.
    ///
    /// After an error the same error is thrown again until ``reset(limits:)``.
    package func inflate(
        _ input: Span<UInt8>, from offset: Int = 0, into output: inout [UInt8], limit: Int
    ) throws(CompressionError) -> CodecProgress {
        if case .failed(let error) = state { throw error }
        let from = min(max(offset, 0), input.count)
        let room = min(max(limit, 0), CodecProgress.largestStep)
        var consumed = 0
        var produced = 0
        var failure: CompressionError?
        unsafe input.withUnsafeBufferPointer { source in
            output.append(addingCapacity: room) { (target: inout OutputSpan<UInt8>) in
                unsafe target.withUnsafeMutableBufferPointer { buffer, initialized in
                    failure = unsafe run(
                        UnsafeBufferPointer(rebasing: source[from...]),
                        UnsafeMutableBufferPointer(rebasing: buffer[..<room]),
                        &consumed, &produced)
                    initialized = produced
                }
            }
        }
        inputCount &+= consumed
        outputCount &+= produced
        noteGrowth(consumed, produced)
        do throws(CompressionError) {
            if let failure { throw failure }
            try limits.check(input: inputCount, output: outputCount)
        } catch {
            state = .failed(error)
            throw error
        }
        return CodecProgress(consumed: consumed, stop: produced == room ? .outputFull : .inputConsumed)
    }

    private func noteGrowth(_ consumed: Int, _ produced: Int) {
        recentInput &+= consumed
        recentOutput &+= produced
        guard recentInput > 4 << 10 else { return }
        recentInput /= 4
        recentOutput /= 4
    }

    /// Says that the input has ended; throws when the body has not.
    package func finish() throws(CompressionError) {
        switch state {
        case .betweenMembers: return
        case .failed(let error): throw error
        case .beforeFirstMember, .insideMember: throw .bodyMustBeComplete
        }
    }

    private func run(
        _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>,
        _ consumed: inout Int, _ produced: inout Int
    ) -> CompressionError? {
        while true {
            let step = (input: source.count &- consumed, output: target.count &- produced)
            if case .betweenMembers = state {
                guard step.input > 0 else { return nil }
                // Only another gzip member may follow, and RFC 1950 knows no second one.
                guard format == .gzip, unsafe source[consumed] == 0x1f else { return .nothingMayFollow }
                unsafe inflateReset(stream)
                state = .insideMember
            }
            guard step.output > 0 else { return nil }
            if case .beforeFirstMember = state, step.input > 0 { state = .insideMember }

            let offered = (input: UInt32(clamping: step.input), output: UInt32(clamping: step.output))
            unsafe stream.pointee.next_in = source.baseAddress.map {
                unsafe UnsafeMutablePointer(mutating: $0 + consumed)
            }
            unsafe stream.pointee.avail_in = offered.input
            unsafe stream.pointee.next_out = target.baseAddress.map { unsafe $0 + produced }
            unsafe stream.pointee.avail_out = offered.output
            let code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            let taken = Int(offered.input &- (unsafe stream.pointee.avail_in))
            let given = Int(offered.output &- (unsafe stream.pointee.avail_out))
            consumed &+= taken
            produced &+= given

            switch code {
            case Z_STREAM_END:
                state = .betweenMembers
                memberCount &+= 1
            case Z_OK:
                // With room left nothing is pending, so another call would not get further.
                if consumed == source.count, produced < target.count { return nil }
            case Z_BUF_ERROR:
                // No progress was possible: the input is used up, or the output full.
                return nil
            case Z_MEM_ERROR:
                return .memoryMustSuffice
            default:
                return fault(code)
            }
        }
    }

    // zlib tells its faults apart by their texts only. An unknown one still refuses the body.
    private func fault(_ code: CInt) -> CompressionError {
        guard code == Z_DATA_ERROR, let message = unsafe stream.pointee.msg else { return .dataMustBeWellFormed }
        switch unsafe String(cString: message) {
        case "incorrect data check": return .checksumMustMatch
        case "incorrect length check": return .lengthMustMatch
        case "incorrect header check", "unknown compression method", "unknown header flags set", "header crc mismatch",
            "invalid window size":
            return memberCount > 0 ? .nothingMayFollow : .headerMustBeValid
        default: return .dataMustBeWellFormed
        }
    }
}
