/// A condition made ready to be asked of many cells of one column.
struct ConditionTest {
    private let test: SelectStatement.Condition.Test
    private let pattern: LikePattern?

    /// Refuses literals the column's cells cannot be compared with.
    init(_ condition: SelectStatement.Condition, kind: Column.Kind) throws(SQLError) {
        test = condition.test
        let literals: [Datum]
        switch condition.test {
        case .comparison(_, let literal): literals = [literal]
        case .among(let list): literals = list
        case .between(let low, let high): literals = [low, high]
        case .like(let text): literals = [.text(text)]
        case .isNull, .isNotNull: literals = []
        }
        guard literals.allSatisfy({ Self.fits($0, kind) }) else { throw .typesNotComparable(condition.column) }
        if case .like(let text) = condition.test { pattern = LikePattern(text) } else { pattern = nil }
    }

    /// A comparison with null is never true (SQL-92 §8.2).
    func passes(_ cell: Datum) -> Bool {
        switch test {
        case .isNull: cell == .null
        case .isNotNull: cell != .null
        case .comparison(let comparison, let literal): Self.compare(cell, comparison, literal)
        case .among(let list): list.contains { Self.compare(cell, .equal, $0) }
        case .between(let low, let high):
            Self.compare(cell, .greaterOrEqual, low) && Self.compare(cell, .lessOrEqual, high)
        case .like: if case .text(let text) = cell { pattern?.matches(text) ?? false } else { false }
        }
    }

    private static func compare(_ cell: Datum, _ comparison: SelectStatement.Comparison, _ literal: Datum) -> Bool {
        guard cell != .null, literal != .null else { return false }
        switch comparison {
        case .equal: return !cell.isBefore(literal) && !literal.isBefore(cell)
        case .notEqual: return cell.isBefore(literal) || literal.isBefore(cell)
        case .less: return cell.isBefore(literal)
        case .lessOrEqual: return !literal.isBefore(cell)
        case .greater: return literal.isBefore(cell)
        case .greaterOrEqual: return !cell.isBefore(literal)
        }
    }

    private static func fits(_ literal: Datum, _ kind: Column.Kind) -> Bool {
        switch literal {
        case .null: true
        case .bool: kind == .boolean
        case .integer, .number: kind == .number
        case .text: kind == .string
        case .point: kind == .geometry
        }
    }
}
