/// Finds where a head ends while its bytes arrive, and refuses it as early as its bytes allow.
///
/// It is given the same growing buffer again and again and remembers how far it has looked, so each
/// byte is looked at once. It parses each line as it is completed, so that a peer that dawdles over a
/// head it has spoilt is told at once; whatever the split, the first rule broken is the error. A head
/// that came whole and has no fault is parsed without it: ``HeadAssembler``.
package struct HeadScanner: Sendable {
    package enum Kind: Equatable, Sendable { case request, response }

    private enum Phase: Equatable {
        /// `emptyLineSeen`: one empty line was skipped before a request line.
        case startLine(emptyLineSeen: Bool)
        case fieldLines
        case refused(WireError)
    }

    private let kind: Kind
    private var phase = Phase.startLine(emptyLineSeen: false)
    /// Bytes looked at; none of them needs another look.
    private var scanned = 0
    /// Where the line that is still incomplete begins.
    private var lineStart = 0
    /// Where the first complete line that was not parsed yet begins; 0 stands for the start line.
    private var checked = 0
    private var checkedLines = 0

    package init(_ kind: Kind = .request) {
        self.kind = kind
    }

    /// Whether nothing of a head has been seen, or only the empty line that is ignored before it: a
    /// connection in this state is idle, not slow.
    package var isIdle: Bool {
        switch phase {
        case .startLine: scanned == lineStart
        case .fieldLines, .refused: false
        }
    }

    /// Prepares for the next head, at the beginning of a buffer.
    package mutating func reset() {
        self = HeadScanner(kind)
    }

    /// The length of the head at the beginning of `bytes`, with the empty line that ends it; `nil`
    /// until that has arrived. `bytes` holds everything from the first byte of the head on, each time.
    /// After an error every further call throws that error.
    package mutating func scan(
        _ bytes: Span<UInt8>, limits: HeadLimits = .standard
    ) throws(WireError) -> Int? {
        if case .refused(let error) = phase { throw error }
        var offence: WireError?
        do {
            if let length = try findEnd(bytes, limits: limits) { return length }
        } catch {
            offence = error
        }
        do {
            // Lines that were complete before the offence come first, as they would byte by byte.
            try checkCompleteLines(bytes, limits: limits)
        } catch {
            offence = error
        }
        guard let offence else { return nil }
        phase = .refused(offence)
        throw offence
    }

    private mutating func findEnd(_ bytes: Span<UInt8>, limits: HeadLimits) throws(WireError) -> Int? {
        var limit = windowLimit(limits)
        while true {
            let window = min(bytes.count, limit)
            // RFC 9112 §5.2: a line that begins with whitespace would continue the one before.
            if scanned == lineStart, scanned < window, phase == .fieldLines,
                bytes[scanned] == 0x20 || bytes[scanned] == 0x09
            {
                throw .foldedLine
            }
            let index = ByteSearch.firstControl(in: bytes, from: scanned, to: window)
            guard index < window else {
                scanned = max(scanned, window)
                guard window < limit else { throw tooLong }
                return nil
            }
            switch bytes[index] {
            case 0x09:
                scanned = index &+ 1
            case 0x0D:
                guard index &+ 1 < window else {
                    scanned = index
                    guard window < limit else { throw tooLong }
                    return nil
                }
                guard bytes[index &+ 1] == 0x0A else { throw .bareCarriageReturn }
                if try endLine(at: index) { return index &+ 2 }
                limit = windowLimit(limits)
            case 0x0A: throw .bareLineFeed
            default: throw .controlByte
            }
        }
    }

    /// Takes note of the CRLF at `index`; whether it ends the head.
    private mutating func endLine(at index: Int) throws(WireError) -> Bool {
        let isEmpty = index == lineStart
        if isEmpty {
            switch phase {
            // RFC 9112 §2.2: at least one empty line before a request line should be ignored. One is.
            case .startLine(emptyLineSeen: false) where kind == .request:
                phase = .startLine(emptyLineSeen: true)
                checked = index &+ 2
            case .startLine: throw kind == .request ? .malformedRequestLine : .malformedStatusLine
            case .fieldLines, .refused: return true
            }
        } else if case .startLine = phase {
            phase = .fieldLines
        }
        lineStart = index &+ 2
        scanned = lineStart
        return false
    }

    /// How many bytes may be looked at before the line or head counts as too long.
    private func windowLimit(_ limits: HeadLimits) -> Int {
        guard kind == .request, case .startLine = phase else { return limits.head }
        return min(limits.head, lineStart &+ limits.requestLine &+ 2)
    }

    private var tooLong: WireError {
        guard kind == .request, case .startLine = phase else { return .headTooLarge }
        return .requestLineTooLong
    }

    private mutating func checkCompleteLines(
        _ bytes: Span<UInt8>, limits: HeadLimits
    ) throws(WireError) {
        while checked < lineStart {
            if checkedLines > 0 {
                guard checkedLines <= limits.fields else { throw .tooManyFields }
                _ = try FieldLine.parse(bytes, from: &checked, names: .standard)
            } else {
                switch kind {
                case .request: _ = try RequestLine.parse(bytes, from: &checked, limits: limits)
                case .response: _ = try StatusLine.parse(bytes, from: &checked)
                }
            }
            checkedLines &+= 1
        }
    }
}
