/// Runs a statement over a table.
struct SelectExecution {
    private struct Output {
        var row: [Datum]
        /// What the rows are ordered by.
        var keys: [Datum] = []
        var place: Int
    }

    private let statement: SelectStatement
    private let table: Table

    static func run(_ statement: SelectStatement, over table: Table) throws(SQLError) -> Table {
        try SelectExecution(statement: statement, table: table).run()
    }

    /// The table a statement without one reads: a single row of nothing.
    static let nothing = Table(columns: [], rows: [[]])

    private func run() throws(SQLError) -> Table {
        let chosen = try filtered()
        let aggregates = statement.items.contains { item in
            if case .aggregate = item { return true }
            return false
        }
        let isGrouped = aggregates || !statement.groups.isEmpty
        var result = isGrouped ? try grouped(chosen) : try projected(chosen)
        let start = min(statement.offset, result.rows.count)
        let count = min(statement.limit ?? .max, result.rows.count - start)
        result.rows = Array(result.rows[start..<(start + count)])
        return result
    }

    private func filtered() throws(SQLError) -> [[Datum]] {
        var tests: [(index: Int, test: ConditionTest)] = []
        for condition in statement.conditions {
            let index = try index(of: condition.column)
            tests.append((index, try ConditionTest(condition, kind: table.columns[index].kind)))
        }
        return table.rows.filter { row in tests.allSatisfy { $0.test.passes(row[$0.index]) } }
    }

    private func projected(_ rows: [[Datum]]) throws(SQLError) -> Table {
        var columns: [Column] = []
        var sources: [Source] = []
        for item in statement.items {
            switch item {
            case .all:
                columns += table.columns
                sources += table.columns.indices.map(Source.column)
            case .column(let name, let alias):
                let index = try index(of: name)
                columns.append(Column(name: alias ?? table.columns[index].name, kind: table.columns[index].kind))
                sources.append(.column(index))
            case .literal(let datum, let alias):
                columns.append(Column(name: alias ?? "f\(columns.count)_", kind: Self.kind(of: datum)))
                sources.append(.literal(datum))
            case .aggregate: break
            }
        }
        var result = Table(columns: columns)
        var keys: [Source] = []
        for key in statement.order { keys.append(try source(of: key, in: result, sources)) }
        let outputs = rows.enumerated().map { place, row in
            Output(row: sources.map { $0.value(row) }, keys: keys.map { $0.value(row) }, place: place)
        }
        result.rows = ordered(outputs)
        return result
    }

    private func source(
        of key: SelectStatement.OrderKey, in result: Table, _ sources: [Source]
    ) throws(SQLError) -> Source {
        switch key.place {
        case .ordinal(let ordinal):
            guard sources.indices.contains(ordinal &- 1) else { throw .columnUnknown(String(ordinal)) }
            return sources[ordinal &- 1]
        case .column(let name):
            if let index = result.index(of: name) { return sources[index] }
            return .column(try index(of: name))
        }
    }

    private func grouped(_ rows: [[Datum]]) throws(SQLError) -> Table {
        var groupIndexes: [Int] = []
        for name in statement.groups { groupIndexes.append(try index(of: name)) }
        var columns: [Column] = []
        var cells: [Cell] = []
        for item in statement.items {
            switch item {
            case .all: throw .columnNotGrouped("*")
            case .column(let name, let alias):
                let index = try index(of: name)
                guard groupIndexes.contains(index) else { throw .columnNotGrouped(name) }
                columns.append(Column(name: alias ?? table.columns[index].name, kind: table.columns[index].kind))
                cells.append(.ofGroup(index))
            case .literal(let datum, let alias):
                columns.append(Column(name: alias ?? "f\(columns.count)_", kind: Self.kind(of: datum)))
                cells.append(.literal(datum))
            case .aggregate(let aggregate, let alias):
                let accumulator = try Accumulator(aggregate, table: table)
                columns.append(Column(name: alias ?? "f\(columns.count)_", kind: accumulator.kind))
                cells.append(.aggregate(accumulator))
            }
        }
        var result = Table(columns: columns)
        let groups = grouping(rows, by: groupIndexes)
        var outputs: [Output] = []
        for (place, rows) in groups.enumerated() {
            outputs.append(Output(row: cells.map { $0.value(rows) }, place: place))
        }
        for key in statement.order {
            let index: Int?
            switch key.place {
            case .ordinal(let ordinal): index = columns.indices.contains(ordinal &- 1) ? ordinal &- 1 : nil
            case .column(let name): index = result.index(of: name)
            }
            guard let index else { throw .columnUnknown("in ORDER BY") }
            for place in outputs.indices { outputs[place].keys.append(outputs[place].row[index]) }
        }
        result.rows = ordered(outputs)
        return result
    }

    /// Groups in the order of their first rows; without columns to group by one group, even of no rows.
    private func grouping(_ rows: [[Datum]], by indexes: [Int]) -> [[[Datum]]] {
        guard !indexes.isEmpty else { return [rows] }
        var places: [[Datum]: Int] = [:]
        var groups: [[[Datum]]] = []
        for row in rows {
            let key = indexes.map { row[$0] }
            if let place = places[key] {
                groups[place].append(row)
            } else {
                places[key] = groups.count
                groups.append([row])
            }
        }
        return groups
    }

    /// Rows with equal keys keep their order.
    private func ordered(_ outputs: [Output]) -> [[Datum]] {
        guard !statement.order.isEmpty else { return outputs.map(\.row) }
        let descending = statement.order.map(\.isDescending)
        return outputs.sorted { one, other in
            for (index, isDescending) in descending.enumerated() {
                let (a, b) = isDescending ? (other.keys[index], one.keys[index]) : (one.keys[index], other.keys[index])
                if a.isBefore(b) { return true }
                if b.isBefore(a) { return false }
            }
            return one.place < other.place
        }.map(\.row)
    }

    private func index(of name: String) throws(SQLError) -> Int {
        guard let index = table.index(of: name) else { throw .columnUnknown(name) }
        return index
    }

    private static func kind(of datum: Datum) -> Column.Kind {
        switch datum {
        case .integer, .number: .number
        case .bool: .boolean
        case .point: .geometry
        case .text, .null: .string
        }
    }

    private enum Source {
        case column(Int)
        case literal(Datum)

        func value(_ row: [Datum]) -> Datum {
            switch self {
            case .column(let index): row[index]
            case .literal(let datum): datum
            }
        }
    }

    private enum Cell {
        case ofGroup(Int)
        case literal(Datum)
        case aggregate(Accumulator)

        func value(_ rows: [[Datum]]) -> Datum {
            switch self {
            case .ofGroup(let index): rows.first.map { $0[index] } ?? .null
            case .literal(let datum): datum
            case .aggregate(let accumulator): accumulator.value(rows)
            }
        }
    }
}
