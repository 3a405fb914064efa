/// Named values out of a query, a form or the members of a JSON object, in the order given.
struct Parameters: Sendable {
    private(set) var pairs: [(name: String, value: JSONValue)] = []

    /// More than this many are not looked at.
    static let limit = 256

    init() {}

    /// Reads `a=1&b=2`; nil when an escape is malformed.
    init?(form text: some Collection<UInt8>) {
        for part in text.split(separator: UInt8(ascii: "&")).prefix(Self.limit) {
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = percentDecoded(halves[0], plusIsSpace: true),
                let value = halves.count > 1 ? percentDecoded(halves[1], plusIsSpace: true) : ""
            else { return nil }
            pairs.append((name, .text(value)))
        }
    }

    /// Takes the members of an object; nil for any other value.
    init?(_ value: JSONValue) {
        guard case .object(let members) = value else { return nil }
        pairs = members.prefix(Self.limit).map { ($0.name, $0.value) }
    }

    /// These and, behind them, those of `other`.
    func joined(_ other: Parameters) -> Parameters {
        var all = self
        all.pairs += other.pairs
        return all
    }

    /// The first value of this name.
    func value(_ name: String) -> JSONValue? {
        pairs.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The first value of this name as text; numbers as they are written.
    func text(_ name: String) -> String? {
        switch value(name) {
        case .text(let text): text
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .bool(let truth): String(truth)
        case .null, .array, .object, nil: nil
        }
    }

    /// The first value of this name as a finite number.
    func number(_ name: String) -> Double? {
        guard let text = text(name), let number = Double(text), number.isFinite else { return nil }
        return number
    }

    func integer(_ name: String) -> Int? {
        text(name).flatMap { Int($0) }
    }

    /// A value that may come as JSON or, in a query, as text that holds JSON.
    func document(_ name: String) -> JSONValue? {
        guard let value = value(name) else { return nil }
        guard case .text(let text) = value else { return value }
        return try? JSONReader.read(Array(text.utf8))
    }
}
