/// Computes an aggregate over the rows of a group. Nulls do not count (SQL-92 §6.5).
struct Accumulator {
    private let function: SelectStatement.Aggregate.Function
    private let index: Int?
    let kind: Column.Kind

    init(_ aggregate: SelectStatement.Aggregate, table: Table) throws(SQLError) {
        function = aggregate.function
        guard let name = aggregate.column else {
            index = nil
            kind = .number
            return
        }
        guard let index = table.index(of: name) else { throw .columnUnknown(name) }
        self.index = index
        switch aggregate.function {
        case .count: kind = .number
        case .min, .max: kind = table.columns[index].kind
        case .sum, .avg:
            guard table.columns[index].kind == .number else { throw .columnNotNumeric(name) }
            kind = .number
        }
    }

    func value(_ rows: [[Datum]]) -> Datum {
        guard let index else { return .integer(Int64(rows.count)) }
        let values = rows.map { $0[index] }.filter { $0 != .null }
        switch function {
        case .count: return .integer(Int64(values.count))
        case .min: return values.min { $0.isBefore($1) } ?? .null
        case .max: return values.max { $0.isBefore($1) } ?? .null
        case .sum: return values.isEmpty ? .null : Self.sum(values)
        case .avg:
            guard let sum = Self.sum(values).asNumber, !values.isEmpty else { return .null }
            return .number(sum / Double(values.count))
        }
    }

    /// A whole number while it fits one.
    private static func sum(_ values: [Datum]) -> Datum {
        var whole: Int64? = 0
        var sum = 0.0
        for value in values {
            sum += value.asNumber ?? 0
            if case .integer(let number) = value, let before = whole {
                let (after, overflow) = before.addingReportingOverflow(number)
                whole = overflow ? nil : after
            } else {
                whole = nil
            }
        }
        return whole.map(Datum.integer) ?? .number(sum)
    }
}
