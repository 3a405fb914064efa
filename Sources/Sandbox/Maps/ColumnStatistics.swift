/// Extremes, sums and quantiles of a column of numbers; the most frequent values of another.
struct ColumnStatistics {
    private let table: Table
    private let index: Int

    init(_ table: Table, _ index: Int) {
        self.table = table
        self.index = index
    }

    var json: JSONValue {
        let column = table.columns[index]
        let numbers = table.rows.compactMap { $0[index].asNumber }.sorted()
        guard column.kind == .number, let least = numbers.first, let greatest = numbers.last else {
            return ["attribute": .text(column.name), "type": "String", "categories": categories]
        }
        let sum = numbers.reduce(0, +)
        return [
            "attribute": .text(column.name), "type": "Number", "min": JSONValue(shortest: least),
            "max": JSONValue(shortest: greatest),
            "sum": JSONValue(shortest: sum), "avg": JSONValue(shortest: sum / Double(numbers.count)),
            "quantiles": quantiles(of: numbers),
        ]
    }

    /// The 20 most frequent values.
    private var categories: JSONValue {
        var counts: [Datum: Int] = [:]
        for row in table.rows { counts[row[index], default: 0] += 1 }
        let sorted = counts.sorted { ($1.value, $0.key.description) < ($0.value, $1.key.description) }
        return .array(
            sorted.prefix(20).map { ["category": .text($0.key.description), "frequency": JSONValue($0.value)] })
    }

    /// The values that part the sorted numbers in 2, 3 … 10 equal shares.
    private func quantiles(of numbers: [Double]) -> JSONValue {
        .array(
            (2...10).map { shares in
                .array(
                    (0...shares).map {
                        JSONValue(shortest: numbers[min($0 * numbers.count / shares, numbers.count - 1)])
                    })
            })
    }
}
