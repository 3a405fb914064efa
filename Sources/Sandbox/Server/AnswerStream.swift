import Transport
import Wire

/// The machine that writes one answer: its head, then its content as fast as it is asked for. It does no I/O.
package struct AnswerStream {
    package enum Step: Equatable {
        /// Something was written; call again when it has been sent.
        case more
        /// Something was written; send it and wait so many nanoseconds.
        case pause(Int64)
        case ended
    }

    private enum Content {
        case none
        case bytes([UInt8])
        case events([[UInt8]], next: Int, interval: Int64)
        case repeated(RepeatedContent)
    }

    private var content: Content
    private let isChunked: Bool
    /// Whether the connection may be used again afterwards, as the head says.
    package let staysOpen: Bool

    /// Content written in one step at the most, in bytes.
    private static let stepSize = 64 << 10

    /// Writes the head.
    ///
    /// - Parameter now: seconds since 1970.
    package init(
        _ answer: SandboxAnswer, isHead: Bool, isHTTP10: Bool, keepsConnection: Bool, now: Int64,
        to output: inout [UInt8]
    ) {
        // RFC 9110 §6.4.1: these never have content.
        let hasNoContent = answer.status == 204 || answer.status == 304
        let framing = hasNoContent ? BodyFraming.none : Self.framing(of: answer.body, isHTTP10: isHTTP10)
        isChunked = framing == .chunked
        staysOpen = keepsConnection && framing != .untilClose
        AnswerHead.append(answer, framing: framing, isHTTP10: isHTTP10, staysOpen: staysOpen, now: now, to: &output)
        if isHead || hasNoContent {
            content = .none
            return
        }
        content =
            switch answer.body {
            case .bytes(let bytes): .bytes(bytes)
            case .events(let parts, let interval): .events(parts, next: 0, interval: interval.clampedNanoseconds)
            case .repeated(let block): .repeated(RepeatedContent(block))
            }
    }

    private static func framing(of body: SandboxBody, isHTTP10: Bool) -> BodyFraming {
        switch body {
        case .bytes(let bytes): .length(Int64(clamping: bytes.count))
        // Its length is not known before its end.
        case .events: isHTTP10 ? .untilClose : .chunked
        case .repeated(let block): .length(block.length)
        }
    }

    /// Writes the next part of the content.
    package mutating func next(to output: inout [UInt8]) -> Step {
        switch content {
        case .none: return .ended
        case .bytes(let bytes):
            output.append(copying: bytes.span)
            content = .none
            return .more
        case .events(let parts, let index, let interval):
            guard index < parts.count else {
                if isChunked { ChunkWriter.appendLastChunk(to: &output) }
                content = .none
                return .more
            }
            append(part: parts[index], to: &output)
            content = .events(parts, next: index + 1, interval: interval)
            return index + 1 < parts.count ? .pause(interval) : .more
        case .repeated(var repeated):
            let isMore = repeated.write(Self.stepSize, to: &output)
            content = isMore ? .repeated(repeated) : .none
            return .more
        }
    }

    private func append(part: [UInt8], to output: inout [UInt8]) {
        // An empty chunk would end the content.
        guard isChunked, !part.isEmpty else { return output.append(copying: part.span) }
        ChunkWriter.appendSizeLine(part.count, to: &output)
        output.append(copying: part.span)
        ChunkWriter.appendDataEnd(to: &output)
    }
}
