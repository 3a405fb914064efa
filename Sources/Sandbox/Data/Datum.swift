/// One cell of a table.
package enum Datum: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case point(GeographicPoint)
}

extension Datum {
    var json: JSONValue {
        switch self {
        case .null: .null
        case .bool(let truth): .bool(truth)
        case .integer(let number): .integer(number)
        case .number(let number): .number(number)
        case .text(let text): .text(text)
        case .point(let point): point.geoJSON
        }
    }

    var asNumber: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        case .null, .bool, .text, .point: nil
        }
    }

    var asPoint: GeographicPoint? {
        if case .point(let point) = self { return point }
        return nil
    }

    /// Text as text, everything else as its JSON.
    var description: String {
        if case .text(let text) = self { return text }
        return String(decoding: JSONWriter.write(json), as: UTF8.self)
    }

    /// An order for sorting and grouping: null, then truths, numbers, texts by their bytes, points.
    func isBefore(_ other: Datum) -> Bool {
        if let one = asNumber, let two = other.asNumber { return one < two }
        if case .text(let one) = self, case .text(let two) = other {
            return one.utf8.lexicographicallyPrecedes(two.utf8)
        }
        if case .bool(let one) = self, case .bool(let two) = other { return !one && two }
        if let one = asPoint, let two = other.asPoint {
            return (one.longitude, one.latitude) < (two.longitude, two.latitude)
        }
        return rank < other.rank
    }

    private var rank: Int {
        switch self {
        case .null: 0
        case .bool: 1
        case .integer, .number: 2
        case .text: 3
        case .point: 4
        }
    }
}
