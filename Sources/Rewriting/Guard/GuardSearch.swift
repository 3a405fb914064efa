/// One look at a piece of text: finds the secrets in it, and where one may begin that the end cuts off.
///
/// Every place is judged by the bytes from there on alone, so what is left over at the end of one piece can
/// simply stand in front of the next.
struct GuardSearch {
    private enum Comparison: Equatable {
        case different
        case found(end: Int)
        /// All that is there is the beginning of the form.
        case cut
    }

    /// What was found: ranges in the text, in order, apart from each other.
    private(set) var hits: [Range<Int>] = []
    /// Where the first secret may begin that is cut off by the end of the text; else the text's length.
    private(set) var cutStart = 0

    // Before a cut-off form less than a head of plain bytes may stand, and less than one JSON escape.
    private static func tailCount(_ patterns: GuardPatterns) -> Int { patterns.headCount &- 1 &+ 5 }

    /// - Parameter atEnd: no more text follows, so nothing is cut off.
    mutating func run(_ patterns: GuardPatterns, _ text: Span<UInt8>, atEnd: Bool) {
        if !hits.isEmpty { hits.removeAll(keepingCapacity: true) }
        cutStart = text.count
        guard !patterns.isEmpty, !text.isEmpty else { return }
        findPlainHeads(patterns, text)
        findEscapedHeads(patterns, text)
        if atEnd { cutStart = text.count } else { findCutHeads(patterns, text) }
        mergeHits()
        withholdCutHits(patterns, text.count)
    }

    private mutating func findPlainHeads(_ patterns: GuardPatterns, _ text: Span<UInt8>) {
        var from = 0
        while let suspect = patterns.firstSuspect(in: text, from: from) {
            from = suspect &+ patterns.stride
            patterns.forEachForm(withWordAt: suspect, in: text) { form, start in
                examine(patterns, form, text, at: start)
            }
        }
    }

    // Finds the forms whose first escape lies within their head.
    private mutating func findEscapedHeads(_ patterns: GuardPatterns, _ text: Span<UInt8>) {
        patterns.introducers.forEach(in: text) { index in
            guard case .escape(let byte, _) = EscapedByte(text, at: index), patterns.headBytes.contains(byte) else {
                return
            }
            patterns.heads.withExposedBytes { heads in
                var next = 0
                while let place = firstIndex(of: byte, in: heads, from: next) {
                    next = place &+ 1
                    let offset = place % patterns.headStride
                    guard offset < patterns.headCount, offset <= index,
                        offset == 0 || heads[place &- 1] == text[index &- 1]
                    else { continue }
                    examine(patterns, place / patterns.headStride, text, at: index &- offset)
                }
            }
        }
    }

    private mutating func examine(_ patterns: GuardPatterns, _ form: Int, _ text: Span<UInt8>, at start: Int) {
        guard start >= 0 else { return }
        for bits in 0..<EscapePreference.count(patterns) {
            switch compare(patterns, form, text, at: start, EscapePreference(bits: bits)) {
            case .different: break
            case .cut: cutStart = min(cutStart, start)
            case .found(let end): note(start..<end)
            }
        }
    }

    private mutating func note(_ hit: Range<Int>) {
        // A text that repeats a secret would otherwise make one hit of each of its bytes.
        if let last = hits.last, last.overlaps(hit) {
            hits[hits.count &- 1] = min(last.lowerBound, hit.lowerBound)..<max(last.upperBound, hit.upperBound)
        } else {
            hits.append(hit)
        }
    }

    // Finds the forms of which so little is there that neither a word nor an escape of theirs is whole.
    private mutating func findCutHeads(_ patterns: GuardPatterns, _ text: Span<UInt8>) {
        let firstBytes = patterns.firstBytes
        for start in max(0, text.count &- Self.tailCount(patterns))..<text.count {
            guard start < cutStart else { return }
            let byte = text[start]
            guard firstBytes.contains(byte) || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") else { continue }
            // An escape that is whole was looked at already; one that is cut may stand for any byte.
            if EscapedByte(text, at: start) == .cut || isCutHead(patterns, text, start) { cutStart = start }
        }
    }

    private func isCutHead(_ patterns: GuardPatterns, _ text: Span<UInt8>, _ start: Int) -> Bool {
        guard patterns.firstBytes.contains(text[start]) else { return false }
        return patterns.firsts.withExposedBytes { firsts in
            var next = 0
            while let form = firstIndex(of: text[start], in: firsts, from: next) {
                next = form &+ 1
                for bits in 0..<EscapePreference.count(patterns)
                where compare(patterns, form, text, at: start, EscapePreference(bits: bits)) == .cut { return true }
            }
            return false
        }
    }

    // One place can be found in two ways, and two secrets can overlap.
    private mutating func mergeHits() {
        guard hits.count > 1 else { return }
        hits.sort { $0.lowerBound < $1.lowerBound }
        var last = 0
        for hit in hits[1...] {
            if hit.lowerBound < hits[last].upperBound {
                hits[last] = hits[last].lowerBound..<max(hits[last].upperBound, hit.upperBound)
            } else {
                last &+= 1
                hits[last] = hit
            }
        }
        hits.removeSubrange((last &+ 1)...)
    }

    // A hit that reaches into what is withheld is withheld whole, so that it is found again with all of it:
    // two secrets can overlap. Only two: a longer chain would be held without end.
    private mutating func withholdCutHits(_ patterns: GuardPatterns, _ count: Int) {
        guard let hit = hits.last, hit.upperBound > cutStart else { return }
        if count &- hit.lowerBound <= 2 &* patterns.longestWritten {
            cutStart = min(cutStart, hit.lowerBound)
            hits.removeLast()
        } else {
            cutStart = hit.upperBound
        }
    }

    // A `%` of the form may stand there as itself or as `%25`, a `\\` as itself or doubled: which is meant is
    // not known, so each reading is tried. Few secrets hold either.
    private struct EscapePreference {
        var bits: UInt8

        var percent: Bool { bits & 1 != 0 }
        var backslash: Bool { bits & 2 != 0 }

        static func count(_ patterns: GuardPatterns) -> UInt8 { patterns.holdEscapes ? 4 : 1 }
    }

    private func compare(
        _ patterns: GuardPatterns, _ form: Int, _ text: Span<UInt8>, at start: Int, _ preference: EscapePreference
    ) -> Comparison {
        patterns.forms[form].withExposedBytes { compare($0, text, at: start, preference) }
    }

    private func compare(
        _ form: Span<UInt8>, _ text: Span<UInt8>, at start: Int, _ preference: EscapePreference
    ) -> Comparison {
        var index = start
        for position in form.indices {
            guard index < text.count else { return .cut }
            let byte = text[index]
            let wanted = form[position]
            let isUndone =
                byte == UInt8(ascii: "%") && preference.percent || byte == UInt8(ascii: "\\") && preference.backslash
            if byte == wanted, !isUndone {
                index &+= 1
                continue
            }
            switch EscapedByte(text, at: index) {
            case .escape(wanted, let count): index &+= count
            case .cut: return .cut
            case .escape, .plain:
                guard byte == wanted else { return .different }
                index &+= 1
            }
        }
        return .found(end: index)
    }
}
