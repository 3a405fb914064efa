import CZlib

/// Writes one gzip body (RFC 1952), a single member, and can be used again for the next (``reset()``).
///
/// The class exists for its address: zlib's state points back at the `z_stream`, which must not move.
@safe
package final class Deflater {
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameters:
    ///   - level: 1 (fastest) to 9 (smallest).
    ///   - memoryLevel: 1 to 9; at 7 zlib holds 192 KiB. Measured on a TileJSON of 35 KiB at level 1, it is
    ///     the fastest: its hash table is the largest that is cleared quickly for the next body.
    package init(level: Int = 1, memoryLevel: Int = 7) throws(CompressionError) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let level = CInt(min(max(level, 1), 9))
        let memoryLevel = CInt(min(max(memoryLevel, 1), 9))
        // 15 is the largest window; 16 more asks zlib for the gzip format.
        guard unsafe cartouche_deflate_init(stream, level, 31, memoryLevel) == Z_OK else { throw .memoryMustSuffice }
    }

    deinit {
        // After a failed initialisation there is no state, and zlib answers Z_STREAM_ERROR: harmless.
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Makes ready for another body, keeping zlib's memory.
    package func reset() {
        unsafe deflateReset(stream)
    }

    /// Compresses `input` from `offset` on, appending at most `limit` bytes to `output`.
    ///
    /// zlib keeps back what it has not filled a block with; ``finish(into:limit:)`` writes that.
    package func deflate(
        _ input: Span<UInt8>, from offset: Int = 0, into output: inout [UInt8], limit: Int
    ) -> CodecProgress {
        let from = min(max(offset, 0), input.count)
        var progress = CodecProgress(consumed: 0, stop: .inputConsumed)
        unsafe input.withUnsafeBufferPointer { source in
            let rest = unsafe UnsafeBufferPointer(rebasing: source[from...])
            progress = unsafe run(rest, Z_NO_FLUSH, into: &output, limit: limit).progress
        }
        return progress
    }

    /// Ends the body, appending at most `limit` bytes; true when all is written, else call again.
    package func finish(into output: inout [UInt8], limit: Int) -> Bool {
        let nothing = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        return unsafe run(nothing, Z_FINISH, into: &output, limit: limit).ended
    }

    private func run(
        _ source: UnsafeBufferPointer<UInt8>, _ flush: CInt, into output: inout [UInt8], limit: Int
    ) -> (progress: CodecProgress, ended: Bool) {
        let room = min(max(limit, 0), CodecProgress.largestStep)
        var consumed = 0
        var produced = 0
        var code = Z_OK
        output.append(addingCapacity: room) { (target: inout OutputSpan<UInt8>) in
            unsafe target.withUnsafeMutableBufferPointer { buffer, initialized in
                while code == Z_OK, produced < room {
                    let offered = (
                        input: UInt32(clamping: source.count &- consumed), output: UInt32(clamping: room &- produced)
                    )
                    unsafe stream.pointee.next_in = source.baseAddress.map {
                        unsafe UnsafeMutablePointer(mutating: $0 + consumed)
                    }
                    unsafe stream.pointee.avail_in = offered.input
                    unsafe stream.pointee.next_out = buffer.baseAddress.map { unsafe $0 + produced }
                    unsafe stream.pointee.avail_out = offered.output
                    // Z_BUF_ERROR says that no progress was possible; others cannot come of valid calls.
                    code = unsafe CZlib.deflate(stream, flush)
                    consumed &+= Int(offered.input &- (unsafe stream.pointee.avail_in))
                    produced &+= Int(offered.output &- (unsafe stream.pointee.avail_out))
                    if flush == Z_NO_FLUSH, consumed == source.count, produced < room { break }
                }
                initialized = produced
            }
        }
        let stop: CodecProgress.Stop = produced == room ? .outputFull : .inputConsumed
        return (CodecProgress(consumed: consumed, stop: stop), code == Z_STREAM_END)
    }
}
