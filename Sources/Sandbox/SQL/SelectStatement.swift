/// A statement of the subset:
/// `SELECT items [FROM table] [WHERE condition AND …] [GROUP BY columns] [ORDER BY keys] [LIMIT n [OFFSET m]]`.
struct SelectStatement: Equatable, Sendable {
    enum Item: Equatable, Sendable {
        case all
        case column(String, alias: String?)
        case literal(Datum, alias: String?)
        case aggregate(Aggregate, alias: String?)
    }

    struct Aggregate: Equatable, Sendable {
        enum Function: String, Sendable {
            case count
            case sum
            case avg
            case min
            case max
        }
        var function: Function
        /// Nil stands for the asterisk of `count(*)`.
        var column: String?
    }

    struct Condition: Equatable, Sendable {
        enum Test: Equatable, Sendable {
            case comparison(Comparison, Datum)
            case like(String)
            case among([Datum])
            case between(Datum, Datum)
            case isNull
            case isNotNull
        }
        var column: String
        var test: Test
    }

    enum Comparison: String, Sendable {
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    struct OrderKey: Equatable, Sendable {
        enum Place: Equatable, Sendable {
            case column(String)
            /// Counted from 1.
            case ordinal(Int)
        }
        var place: Place
        var isDescending = false
    }

    var items: [Item] = []
    var table: String?
    var conditions: [Condition] = []
    var groups: [String] = []
    var order: [OrderKey] = []
    var limit: Int?
    var offset = 0
}
