extension JSONValue {
    private struct Level {
        var isObject: Bool
        var name = ""
        var elements: [JSONValue] = []
        var members: [Member] = []

        var value: JSONValue { isObject ? .object(members) : .array(elements) }

        mutating func add(_ value: JSONValue) {
            if isObject { members.append(Member(name: name, value: value)) } else { elements.append(value) }
        }
    }

    /// Reads back what the program wrote: numbers are whole, names of an object are there once, text is UTF-8.
    package init(parsing bytes: Span<UInt8>) throws(JSONFault) {
        var reader = JSONReader(depthLimit: 8)
        var levels: [Level] = []
        var root: JSONValue?
        func add(_ value: JSONValue) {
            if levels.isEmpty { root = value } else { levels[levels.count - 1].add(value) }
        }
        while true {
            switch try reader.next(bytes) {
            case .objectStart: levels.append(Level(isObject: true))
            case .arrayStart: levels.append(Level(isObject: false))
            case .objectEnd, .arrayEnd: if let level = levels.popLast() { add(level.value) }
            case .name(let range):
                let name = try Self.text(bytes, range)
                guard let last = levels.indices.last, !levels[last].members.contains(where: { $0.name == name }) else {
                    throw .notJSON
                }
                levels[last].name = name
            case .string(let range): add(.string(try Self.text(bytes, range)))
            case .number(let range):
                let digits = String(decoding: range.map { bytes[$0] }, as: UTF8.self)
                guard let number = Int(digits) else { throw .notJSON }
                add(.number(number))
            case .boolean(let value): add(.boolean(value))
            case .null: add(.null)
            case .end:
                guard let root else { throw .notJSON }
                self = root
                return
            }
        }
    }

    private static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(JSONFault) -> String {
        guard let decoded = JSONString.decoded(bytes, range), let text = String(validating: decoded, as: UTF8.self) else {
            throw .notJSON
        }
        return text
    }
}
