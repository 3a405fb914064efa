/// Replaces the upstream's base by the proxy's in those URLs of a JSON answer that a client follows, and
/// nothing else: which they are is told by their place (``JSONPlace``), never by their text.
///
/// The document may be cut anywhere and be of any size; what is held is a part of one string, shorter than
/// the longest base written in `\u` escapes. All other bytes go out as they came. Where the input stops
/// being JSON (RFC 8259), nests too deep or ends its document, the rest passes unchanged; inside of values
/// that do not matter only strings and brackets are looked at.
package struct JSONURLRewriter {
    private enum State {
        case beforeDocument
        case beforeKey(mayClose: Bool)
        case key
        case afterKey
        case beforeValue(mayClose: Bool)
        case candidate
        case string
        case scalar
        case container
        case afterValue
        case passing
    }

    private let bases: UpstreamBases
    private var replacement: [UInt8] = []
    private var state = State.beforeDocument
    // The innermost object or array that leads to URLs, and the place of the value expected in it.
    private var container = JSONPlace.outside
    private var member = JSONPlace.root
    private var skipper = JSONSkipper()
    private var reader = JSONStringReader()
    // The beginning of a key or candidate, its escapes undone.
    private var text: [UInt8] = []
    // The bytes of a candidate that came with earlier input.
    private var held: [UInt8] = []

    /// How many URLs of this document were given the proxy's base.
    package private(set) var replacements = 0

    /// A rewriter that passes everything until it is given what to put in place of a base.
    package init(bases: UpstreamBases) {
        self.bases = bases
        state = .passing
    }

    /// Makes ready for another document, keeping the memory.
    /// - Parameter replacement: the base by which the client reaches the proxy, without a slash at its end;
    ///   when it is empty, all passes.
    package mutating func reset(replacement: Span<UInt8>) {
        self.replacement.removeAll(keepingCapacity: true)
        // The value comes from a validated field or from the configuration; that it cannot end the string
        // is ensured here all the same.
        for index in replacement.indices where replacement[index] >= 0x20 {
            let byte = replacement[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { self.replacement.append(UInt8(ascii: "\\")) }
            self.replacement.append(byte)
        }
        state = bases.isEmpty || replacement.isEmpty ? .passing : .beforeDocument
        container = .outside
        member = .root
        skipper.reset()
        reader = JSONStringReader()
        text.removeAll(keepingCapacity: true)
        held.removeAll(keepingCapacity: true)
        replacements = 0
    }

    /// Appends to `output` what `input` becomes.
    package mutating func rewrite(_ input: Span<UInt8>, into output: inout [UInt8]) {
        var index = 0
        // What stands before is in `output`, in `held`, or replaced.
        var copied = 0
        while index < input.count {
            switch state {
            case .passing:
                index = input.count
            case .string:
                switch skipper.skipString(input, from: index) {
                case .ended(let end):
                    endValue(at: end, &index)
                    passSeparator(input, &index)
                case .unfinished, .malformed: index = input.count
                }
            case .container:
                switch skipper.skipContainer(input, from: index) {
                case .ended(let end): endValue(at: end, &index)
                case .unfinished: index = input.count
                case .malformed: state = .passing
                }
            case .candidate:
                readCandidate(input, &index, &copied, &output)
            case .key:
                readKey(input[index])
                index &+= 1
            case .beforeDocument, .beforeKey, .afterKey, .beforeValue, .scalar, .afterValue:
                let byte = input[index]
                index &+= 1
                guard beginsString(byte) else { continue }
                output.append(input, copied..<index)
                copied = index
                guard let count = bases.literalPrefixLength(in: input, at: index) else {
                    text.removeAll(keepingCapacity: true)
                    reader = JSONStringReader()
                    state = .candidate
                    continue
                }
                output.append(contentsOf: replacement)
                replacements &+= 1
                index &+= count
                copied = index
                state = .string
            }
        }
        if case .candidate = state {
            held.append(input, copied..<input.count)
        } else {
            output.append(input, copied..<input.count)
        }
    }

    /// Says that the document has ended; appends what was held.
    package mutating func finish(into output: inout [UInt8]) {
        output.append(contentsOf: held)
        held.removeAll(keepingCapacity: true)
        state = .passing
    }

    private mutating func endValue(at end: Int, _ index: inout Int) {
        index = end
        state = .afterValue
    }

    // Goes to the next URL of a list at once: without this step, which changes nothing but the way there,
    // a TileJSON took a fifth longer.
    private mutating func passSeparator(_ input: Span<UInt8>, _ index: inout Int) {
        guard container.holdsURLs, index < input.count, input[index] == UInt8(ascii: ",") else { return }
        state = .beforeValue(mayClose: false)
        index &+= 1
        while index < input.count, input[index] == 0x20 { index &+= 1 }
    }

    // Takes one byte between strings; true when it opens a string that is to be an URL.
    private mutating func beginsString(_ byte: UInt8) -> Bool {
        if byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            if case .scalar = state { state = .afterValue }
            return false
        }
        switch state {
        case .beforeDocument:
            // A byte order mark may be ignored (RFC 8259 §8.1); its bytes begin no value.
            if byte == 0xef || byte == 0xbb || byte == 0xbf { return false }
            return beginsValue(byte, mayClose: false)
        case .beforeKey(let mayClose):
            if byte == UInt8(ascii: "\"") {
                text.removeAll(keepingCapacity: true)
                reader = JSONStringReader()
                state = .key
            } else if byte == UInt8(ascii: "}"), mayClose {
                leave()
            } else {
                state = .passing
            }
            return false
        case .afterKey:
            state = byte == UInt8(ascii: ":") ? .beforeValue(mayClose: false) : .passing
            return false
        case .beforeValue(let mayClose):
            return beginsValue(byte, mayClose: mayClose)
        case .scalar:
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"):
                state = .afterValue
                afterValue(byte)
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
                UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                break
            default:
                state = .passing
            }
            return false
        case .afterValue:
            afterValue(byte)
            return false
        case .key, .candidate, .string, .container, .passing:
            return false
        }
    }

    private mutating func beginsValue(_ byte: UInt8, mayClose: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "\""):
            if container.holdsURLs || member.holdsURLs { return true }
            state = .string
        case UInt8(ascii: "{"):
            if member.holdsMembers {
                container = member
                state = .beforeKey(mayClose: true)
            } else {
                enterSkipped(object: true)
            }
        case UInt8(ascii: "["):
            if member.holdsURLs {
                container = member
                member = .elsewhere
                state = .beforeValue(mayClose: true)
            } else {
                enterSkipped(object: false)
            }
        case UInt8(ascii: "]") where mayClose:
            leave()
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "t"), UInt8(ascii: "f"),
            UInt8(ascii: "n"):
            state = .scalar
        default:
            state = .passing
        }
        return false
    }

    private mutating func afterValue(_ byte: UInt8) {
        let inArray = container.holdsURLs
        switch byte {
        case UInt8(ascii: ",") where inArray: state = .beforeValue(mayClose: false)
        case UInt8(ascii: ",") where container.holdsMembers: state = .beforeKey(mayClose: false)
        case UInt8(ascii: "]") where inArray: leave()
        case UInt8(ascii: "}") where container.holdsMembers: leave()
        default: state = .passing
        }
    }

    private mutating func enterSkipped(object: Bool) {
        skipper.reset()
        state = skipper.enter(object: object) ? .container : .passing
    }

    private mutating func leave() {
        container = container.parent
        // Behind the document there is nothing to rewrite.
        state = container == .outside ? .passing : .afterValue
    }

    private mutating func readKey(_ byte: UInt8) {
        switch reader.next(byte) {
        case .character(let character):
            // One more than the longest name is enough to tell that it is none.
            if text.count <= JSONPlace.longestName { text.append(character) }
        case .pending:
            break
        case .ended:
            member = container.member(text.span)
            state = .afterKey
        case .malformed:
            state = .passing
        }
    }

    private mutating func readCandidate(
        _ input: Span<UInt8>, _ index: inout Int, _ copied: inout Int, _ output: inout [UInt8]
    ) {
        while index < input.count {
            let event = reader.next(input[index])
            index &+= 1
            switch event {
            case .character(let character):
                text.append(character)
                guard text.count == bases.decisiveCount else { continue }
                state = .string
            case .pending:
                continue
            case .ended:
                state = .afterValue
            case .malformed:
                // No URL goes on like this, but it may have a base before. The byte is read again as one of
                // the string, which is how it is read where the base was found literally.
                text.append(0)
                index &-= 1
                state = .string
            }
            decide(input, &copied, &output)
            return
        }
    }

    // The candidate's first bytes are all in `text`: replaces its base, or lets it go as it came.
    private mutating func decide(_ input: Span<UInt8>, _ copied: inout Int, _ output: inout [UInt8]) {
        var kept = 0
        if let count = bases.prefixLength(of: text.span) {
            kept = writtenLength(of: count, input, from: copied)
            output.append(contentsOf: replacement)
            replacements &+= 1
        }
        output.append(held.span, min(kept, held.count)..<held.count)
        copied &+= max(kept &- held.count, 0)
        held.removeAll(keepingCapacity: true)
    }

    // How many bytes of the input the candidate's first `count` characters take.
    private func writtenLength(of count: Int, _ input: Span<UInt8>, from start: Int) -> Int {
        var reader = JSONStringReader()
        var remaining = count
        var length = 0
        while remaining > 0 {
            let inInput = start &+ length &- held.count
            let byte = length < held.count ? held[length] : inInput < input.count ? input[inInput] : UInt8(ascii: "\"")
            length &+= 1
            switch reader.next(byte) {
            case .character: remaining &-= 1
            case .pending: continue
            case .ended, .malformed: return length
            }
        }
        return length
    }
}
