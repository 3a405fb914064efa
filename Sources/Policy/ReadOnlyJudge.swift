import JSON
import Wire

/// Judges whether one request only reads, by the SQL it carries: the whole of `read_only` for
/// routes that are ``Reads/ifStatement(_:)`` or ``Reads/ifAnyStatement(_:)``.
///
/// The statement must be found once in the query and once in the body at the most, under exactly its name, and
/// pass ``SQLReadOnly`` wherever it is found: which of the two places a server reads is its own affair.
/// Whatever some server might take for a statement too (another case of the name, a bracket behind it, the
/// part behind a `;`) makes the request one that writes. Every other value may become part of a statement
/// there, and is judged by what its name says of that (``ReadOnlyValue``); so are the segments of the path.
/// Judged before anything is sent; no recursion.
package struct ReadOnlyJudge: Sendable {
    private let member: StatementMember
    private let isRequired: Bool
    private var isFound = false

    /// What is held of a body to be judged, in bytes.
    package static let bodyLimit = 1 << 20

    /// nil where no statement matters: see ``Reads/always`` and ``Reads/never``.
    package init?(_ reads: Reads) {
        switch reads {
        case .always, .never: return nil
        case .ifStatement(let member):
            self.member = member
            isRequired = true
        case .ifAnyStatement(let member):
            self.member = member
            isRequired = false
        }
    }

    /// - Parameter path: canonical, as it is sent.
    package func judge(path: Span<UInt8>) throws(ReadOnlyRefusal) {
        var start = 0
        for index in 0...path.count where index == path.count || path[index] == UInt8(ascii: "/") {
            var segment: [UInt8] = []
            PercentDecoding.appendDecoded(path.extracting(start..<index), to: &segment)
            try ReadOnlyValue.text.check(segment.span)
            start = index + 1
        }
    }

    /// - Parameter query: without its question mark.
    package mutating func judge(query: Span<UInt8>) throws(ReadOnlyRefusal) { try judge(pairs: query) }

    package mutating func judge(body: Span<UInt8>, as kind: BodyKind) throws(ReadOnlyRefusal) {
        guard !body.isEmpty else { return }
        switch kind {
        case .form: try judge(pairs: body)
        case .json: try judge(object: body)
        case .unreadable: throw .bodyUnreadable
        }
    }

    /// After the query and the body.
    package func finish() throws(ReadOnlyRefusal) {
        if isRequired, !isFound { throw .statementMissing }
    }

    // MARK: Pairs

    private mutating func judge(pairs: Span<UInt8>) throws(ReadOnlyRefusal) {
        var parameters = QueryParameters(0..<pairs.count)
        var isHere = false
        var name: [UInt8] = []
        while let parameter = parameters.next(in: pairs) {
            name.removeAll(keepingCapacity: true)
            PercentDecoding.appendDecoded(pairs.extracting(parameter.name), to: &name)
            if name.elementsEqual(member.rawValue.utf8) {
                guard !isHere else { throw .statementRepeated }
                isHere = true
                try judge(encoded: pairs, parameter.value ?? parameter.whole.upperBound..<parameter.whole.upperBound)
                try checkSemicolons(pairs, parameter.whole)
            } else {
                if resembles(name.span) { throw .statementAmbiguous }
                try checkSemicolons(pairs, parameter.whole)
                try checkOther(pairs, parameter, named: name.span)
            }
        }
    }

    private func checkOther(
        _ pairs: Span<UInt8>, _ parameter: QueryParameters.Parameter, named name: Span<UInt8>
    ) throws(ReadOnlyRefusal) {
        try ReadOnlyValue.text.check(name)
        guard let range = parameter.value else { return }
        var value: [UInt8] = []
        PercentDecoding.appendDecoded(pairs.extracting(range), to: &value)
        try ReadOnlyValue(named: name).checkText(value.span)
    }

    /// Servers of old separate pairs by `;` as well.
    private func checkSemicolons(_ pairs: Span<UInt8>, _ range: Range<Int>) throws(ReadOnlyRefusal) {
        var name: [UInt8] = []
        for index in range where pairs[index] == UInt8(ascii: ";") {
            var end = index + 1
            while end < range.upperBound, pairs[end] != UInt8(ascii: "="), pairs[end] != UInt8(ascii: ";") { end += 1 }
            name.removeAll(keepingCapacity: true)
            PercentDecoding.appendDecoded(pairs.extracting((index + 1)..<end), to: &name)
            if resembles(name.span) { throw .statementAmbiguous }
        }
    }

    private mutating func judge(encoded bytes: Span<UInt8>, _ range: Range<Int>) throws(ReadOnlyRefusal) {
        var statement: [UInt8] = []
        statement.reserveCapacity(range.count)
        let value = bytes.extracting(range)
        var index = 0
        while index < value.count {
            let start = index
            let byte = PercentDecoding.next(in: value, at: &index)
            // A broken escape stands for itself to some, for an error or for nothing to others.
            if value[start] == UInt8(ascii: "%"), index - start != 3 { throw .statementNotText }
            statement.append(byte)
        }
        try judge(statement: statement.span)
    }

    // MARK: JSON

    private mutating func judge(object bytes: Span<UInt8>) throws(ReadOnlyRefusal) {
        var reader = JSONReader(depthLimit: JSONReader.deepest)
        var isHere = false
        guard try next(&reader, bytes) == .objectStart else { throw .bodyUnreadable }
        while true {
            switch try next(&reader, bytes) {
            case .name(let range):
                guard let name = JSONString.decoded(bytes, range) else { throw .bodyUnreadable }
                let isStatement = name.elementsEqual(member.rawValue.utf8)
                if !isStatement, resembles(name.span) { throw .statementAmbiguous }
                if isStatement, isHere { throw .statementRepeated }
                isHere = isHere || isStatement
                guard isStatement else {
                    try ReadOnlyValue.text.check(name.span)
                    try ReadOnlyValue(named: name.span).checkNext(of: &reader, bytes)
                    continue
                }
                switch try next(&reader, bytes) {
                case .string(let range):
                    guard let statement = JSONString.decoded(bytes, range) else { throw .statementNotText }
                    try judge(statement: statement.span)
                case .objectStart, .arrayStart, .number, .boolean, .null: throw .statementNotText
                case .objectEnd, .arrayEnd, .name, .end: throw .bodyUnreadable
                }
            case .objectEnd:
                guard try next(&reader, bytes) == .end else { throw .bodyUnreadable }
                return
            case .objectStart, .arrayStart, .arrayEnd, .string, .number, .boolean, .null, .end: throw .bodyUnreadable
            }
        }
    }

    private func next(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(ReadOnlyRefusal) -> JSONReader.Event {
        do { return try reader.next(bytes) } catch { throw .bodyUnreadable }
    }

    // MARK: The statement

    private mutating func judge(statement: Span<UInt8>) throws(ReadOnlyRefusal) {
        isFound = true
        do throws(SQLRefusal) {
            switch member {
            case .q, .query: try SQLReadOnly.check(statement)
            case .source: try SQLReadOnly.checkSource(statement)
            }
        } catch {
            throw .sql(error)
        }
    }

    private func resembles(_ name: Span<UInt8>) -> Bool { Lenience.mayTake(name, for: member.rawValue) }
}
