/// The models over the rows of their source.
struct ModelCalculation {
    let table: Table
    let parameters: JSONValue

    func answer(_ model: String) throws(Refusal) -> JSONValue {
        switch model {
        case "category": return rows(try category())
        case "histogram": return rows(try histogram())
        case "formula": return rows([["value": try aggregate("column", "operation")]])
        case "range": return rows([try range()])
        case "scatterplot": return rows(try scatterplot())
        case "table": return try page()
        case "aggregations": return rows([try aggregations()])
        case "pick": return rows(try pick())
        case "timeseries": throw .parameterMalformed("column: the sandbox has no columns of time")
        default: throw .routeUnknown
        }
    }

    private func rows(_ rows: [JSONValue]) -> JSONValue { ["rows": .array(rows)] }

    private func category() throws(Refusal) -> [JSONValue] {
        let name = try text("column")
        let aggregate = try aggregateOf(parameters, column: "operationColumn", operation: "operation")
        var statement = SelectStatement(items: [.column(name, alias: "name"), .aggregate(aggregate, alias: "value")])
        statement.groups = [name]
        statement.order = [.init(place: .ordinal(2), isDescending: true)]
        let result = try run(statement)
        return result.rows.map { result.rowJSON($0) }
    }

    /// How many values, or what aggregate of them, fall before each tick and behind the last.
    private func histogram() throws(Refusal) -> [JSONValue] {
        let index = try numericColumn("column")
        guard let ticks = parameters["ticks"]?.asArray?.compactMap(\.asNumber), !ticks.isEmpty, ticks.count <= 1000
        else { throw .parameterMalformed("ticks") }
        var counts = Array(repeating: Int64(0), count: ticks.count + 1)
        for row in table.rows {
            guard let number = row[index].asNumber else { continue }
            counts[ticks.firstIndex { number < $0 } ?? ticks.count] += 1
        }
        return counts.enumerated().map { ["tick": JSONValue($0.offset), "value": .integer($0.element)] }
    }

    private func range() throws(Refusal) -> JSONValue {
        let name = try text("column")
        let result = try run(
            SelectStatement(items: [
                .aggregate(.init(function: .min, column: name), alias: "min"),
                .aggregate(.init(function: .max, column: name), alias: "max"),
            ]))
        return result.rows.first.map { result.rowJSON($0) } ?? .null
    }

    private func scatterplot() throws(Refusal) -> [JSONValue] {
        let x = try numericColumn("xAxisColumn")
        let y = try numericColumn("yAxisColumn")
        return table.rows.prefix(500).map { ["x": $0[x].json, "y": $0[y].json] }
    }

    private func page() throws(Refusal) -> JSONValue {
        var statement = SelectStatement()
        for column in parameters["column"]?.asArray ?? [] {
            guard let name = column.asText else { throw .parameterMalformed("column") }
            statement.items.append(.column(name, alias: nil))
        }
        if statement.items.isEmpty { statement.items = [.all] }
        if let name = parameters["sortBy"]?.asText {
            let isDescending = parameters["sortDirection"]?.asText == "desc"
            statement.order = [.init(place: .column(name), isDescending: isDescending)]
        }
        statement.limit = parameters["limit"]?.asNumber.flatMap { Int(exactly: $0) }.map { max($0, 0) } ?? 10
        statement.offset = parameters["offset"]?.asNumber.flatMap { Int(exactly: $0) }.map { max($0, 0) } ?? 0
        let result = try run(statement)
        return ["rows": result.rowsJSON, "metadata": ["total": JSONValue(table.rows.count)]]
    }

    private func aggregations() throws(Refusal) -> JSONValue {
        var items: [SelectStatement.Item] = []
        for entry in parameters["aggregations"]?.asArray ?? [] {
            let aggregate = try aggregateOf(entry, column: "column", operation: "operation")
            items.append(.aggregate(aggregate, alias: entry["alias"]?.asText))
        }
        guard !items.isEmpty else { throw .parameterMissing("aggregations") }
        let result = try run(SelectStatement(items: items))
        return result.rows.first.map { result.rowJSON($0) } ?? .null
    }

    private func pick() throws(Refusal) -> [JSONValue] {
        let ids = parameters["featureIds"]?.asArray ?? []
        guard let index = table.index(of: parameters["uniqueIdProperty"]?.asText ?? "id") else {
            throw .parameterMalformed("uniqueIdProperty")
        }
        return table.rows.filter { ids.contains($0[index].json) }.prefix(500).map { table.rowJSON($0) }
    }

    private func aggregate(_ column: String, _ operation: String) throws(Refusal) -> JSONValue {
        let aggregate = try aggregateOf(parameters, column: column, operation: operation)
        return try run(SelectStatement(items: [.aggregate(aggregate, alias: nil)])).rows.first?.first?.json ?? .null
    }

    private func aggregateOf(
        _ entry: JSONValue, column: String, operation: String
    ) throws(Refusal) -> SelectStatement.Aggregate {
        guard let function = SelectStatement.Aggregate.Function(rawValue: entry[operation]?.asText ?? "count") else {
            throw .parameterMalformed(operation)
        }
        let name = entry[column]?.asText.flatMap { $0 == "*" || $0.isEmpty ? nil : $0 }
        guard function == .count || name != nil else { throw .parameterMissing(column) }
        return .init(function: function, column: function == .count ? nil : name)
    }

    private func text(_ name: String) throws(Refusal) -> String {
        guard let text = parameters[name]?.asText else { throw .parameterMissing("params.\(name)") }
        return text
    }

    private func numericColumn(_ name: String) throws(Refusal) -> Int {
        let column = try text(name)
        guard let index = table.index(of: column) else { throw .statementRefused(.columnUnknown(column)) }
        guard table.columns[index].kind == .number else { throw .statementRefused(.columnNotNumeric(column)) }
        return index
    }

    private func run(_ statement: SelectStatement) throws(Refusal) -> Table {
        do throws(SQLError) {
            return try SelectExecution.run(statement, over: table)
        } catch {
            throw .statementRefused(error)
        }
    }
}
