import Wire

/// What a stream of bytes was read as. Data is joined, so that readings of different pieces compare.
struct MessageTranscript<Failure: Error & Equatable>: Equatable {
    enum Entry: Equatable {
        case head(start: [UInt8], fields: [FieldText], framing: BodyFraming?)
        case data([UInt8])
        case ended(trailers: [FieldText])
        case refused(Failure)
    }

    private(set) var entries: [Entry] = []

    mutating func add(_ entry: Entry) { entries.append(entry) }

    mutating func add(data: some Collection<UInt8>) {
        if case .data(let before) = entries.last {
            entries[entries.count - 1] = .data(before + data)
        } else {
            entries.append(.data(Array(data)))
        }
    }

    var isRefused: Bool {
        if case .refused = entries.last { return true }
        return false
    }
}

/// A field line as its bytes, and what it was taken for.
struct FieldText: Equatable {
    let name: [UInt8]
    let value: [UInt8]
    let known: FieldName
    let lookalike: FieldName

    static func all(in section: some FieldSection) -> [FieldText] {
        section.lines.map { line in
            FieldText(
                name: Array(section.storage[line.name.range]), value: Array(section.storage[line.value.range]),
                known: line.known, lookalike: line.lookalike)
        }
    }
}

enum HeadRules {
    /// What holds of every head that was accepted, read off its bytes by means that know no grammar.
    static func check(_ head: [UInt8], fields: [FieldText]) throws(Violation) {
        var head = head[...]
        if head.starts(with: [0x0D, 0x0A]) { head = head.dropFirst(2) }
        try require(head.suffix(4).elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]), "a head ends with an empty line")
        var lines = 0
        for index in head.indices where head[index] < 0x20 || head[index] == 0x7F {
            switch head[index] {
            case 0x09: break
            case 0x0D: try require(index + 1 < head.endIndex && head[index + 1] == 0x0A, "no bare CR is accepted")
            case 0x0A:
                try require(index > head.startIndex && head[index - 1] == 0x0D, "no bare LF is accepted")
                lines += 1
            default: throw Violation(description: "no control byte is accepted")
            }
        }
        try require(lines == fields.count + 2, "every line is a field line, and is there")
        for field in fields {
            try require(!field.name.isEmpty && Token.isValid(field.name.span), "names are tokens")
            let edges = [field.value.first, field.value.last].compactMap { $0 }
            try require(edges.allSatisfy { $0 != 0x20 && $0 != 0x09 }, "values have no whitespace around them")
        }
    }

    /// The framing that the fields state, worked out the long way round; nil where they contradict each other.
    static func statedLength(_ fields: [FieldText]) throws(Violation) -> Int64? {
        let lengths = fields.filter { $0.name.map { $0 | 0x20 }.elementsEqual("content-length".utf8) }
        let codings = fields.filter { $0.name.map { $0 | 0x20 }.elementsEqual("transfer-encoding".utf8) }
        try require(lengths.isEmpty || codings.isEmpty, "Content-Length and Transfer-Encoding exclude each other")
        try require(lengths.count <= 1, "there is one Content-Length")
        for coding in codings {
            let only = text(coding.value).lowercased().filter { $0 != "," && $0 != " " && $0 != "\t" }
            try require(only == "chunked" || only.isEmpty, "the one coding is chunked")
        }
        guard let value = lengths.first?.value else { return nil }
        try require(value.allSatisfy { (0x30...0x39).contains($0) }, "a length is digits")
        let length = Int64(text(value))
        try require(length != nil, "a length fits 63 bits")
        return length
    }
}
