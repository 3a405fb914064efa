import JSON
import Wire

/// What a server may do with a value that is not the request's statement, and so what it must not hold for the
/// request to read. CARTO puts expressions, names of columns and filters into the statements it writes itself.
///
/// To write, SQL needs one of ``SQLWord/writingWords``, a second statement, or the first word of a statement;
/// text that is data needs a quote or a backslash as well, to leave its literal. So much is looked for in the
/// text as it is, quoted or not: what a dialect would take for quoted is not known here.
enum ReadOnlyValue: Equatable {
    /// `queryParameters`: given to the warehouse beside the statement, whose words cannot run it.
    case bound
    /// `filters`, `spatialFilters`: written into SQL as literals and quoted names.
    case quoted
    /// Whatever some server may take for a statement, or for the name of a table.
    case statement
    /// All others: `aggregationExp`, `operationExp`, `columns`, `params`, … and those not heard of yet.
    case text

    /// What the name of a parameter, or of a member of a body, says.
    init(named name: Span<UInt8>) {
        if ByteComparison.equal(name, "queryParameters") {
            self = .bound
        } else if ByteComparison.equal(name, "filters") || ByteComparison.equal(name, "spatialFilters") {
            self = .quoted
        } else {
            self = Self.isStatementsName(name) ? .statement : .text
        }
    }

    private static func isStatementsName(_ name: Span<UInt8>) -> Bool {
        for known in ["q", "query", "source", "sql", "sqlquery", "statement"] where Lenience.mayTake(name, for: known) {
            return true
        }
        return false
    }

    /// Judges a text that may itself be a JSON text, as GET sends objects.
    func checkText(_ text: Span<UInt8>) throws(ReadOnlyRefusal) {
        guard self != .bound else { return }
        guard Self.mayBeContainer(text), isJSON(text) else {
            // Text that is no document, in the place of one, is not what its name promises.
            return try (self == .quoted ? ReadOnlyValue.text : self).check(text)
        }
        var reader = JSONReader(depthLimit: JSONReader.deepest)
        try checkNext(of: &reader, text)
    }

    /// Judges the next value of a document, with all it holds.
    func checkNext(of reader: inout JSONReader, _ bytes: Span<UInt8>) throws(ReadOnlyRefusal) {
        let outside = reader.depth
        var coming = self
        repeat {
            switch try Self.next(&reader, bytes) {
            case .name(let range):
                let name = try Self.decoded(bytes, range)
                try enclosed.check(name.span)
                coming = meaning(named: name.span)
            case .string(let range):
                let text = try Self.decoded(bytes, range)
                try coming.check(text.span)
            case .objectEnd: coming = enclosed
            case .objectStart, .arrayStart, .arrayEnd, .number, .boolean, .null: break
            case .end: throw .bodyUnreadable
            }
        } while reader.depth > outside
    }

    /// What a member of that name is, inside a value that is this.
    private func meaning(named name: Span<UInt8>) -> ReadOnlyValue {
        switch self {
        case .bound, .quoted: self
        case .statement, .text: Self.isStatementsName(name) ? .statement : .text
        }
    }

    /// What the names and values inside an object are that this was said of.
    private var enclosed: ReadOnlyValue { self == .statement ? .text : self }

    private static func next(
        _ reader: inout JSONReader, _ bytes: Span<UInt8>
    ) throws(ReadOnlyRefusal) -> JSONReader.Event {
        do { return try reader.next(bytes) } catch { throw .bodyUnreadable }
    }

    private static func decoded(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(ReadOnlyRefusal) -> [UInt8] {
        guard let text = JSONString.decoded(bytes, range) else { throw .bodyUnreadable }
        return text
    }

    /// Judges a text as it is.
    func check(_ text: Span<UInt8>) throws(ReadOnlyRefusal) {
        switch self {
        case .bound: return
        case .statement:
            guard !text.isEmpty else { return }
            do throws(SQLRefusal) { try SQLReadOnly.checkSource(text) } catch { throw .sql(error) }
        case .quoted: if Self.canLeaveQuotes(text), Self.hasWritingWord(text) { throw .valueMayWrite }
        case .text:
            // One word alone is a name, whatever it is.
            guard !SQLReadOnly.isTableName(text) else { return }
            guard !Self.hasSeparator(text), !Self.hasWritingWord(text) else { throw .valueMayWrite }
        }
    }

    private static func mayBeContainer(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            switch text[index] {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): return true
            default: return false
            }
        }
        return false
    }

    private func isJSON(_ text: Span<UInt8>) -> Bool {
        var reader = JSONReader(depthLimit: JSONReader.deepest)
        do {
            while try reader.next(text) != .end {}
            return true
        } catch {
            return false
        }
    }
}
