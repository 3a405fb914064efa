/// Runs statements over the data set.
struct Warehouse: Sendable {
    enum Result: Sendable {
        case table(Table)
        /// So many rows of the table without end.
        case synthetic(rows: Int)
    }

    let data: DataSet

    func run(_ statement: SelectStatement) throws(SQLError) -> Result {
        guard let name = statement.table else {
            return .table(try SelectExecution.run(statement, over: SelectExecution.nothing))
        }
        if DataSet.isName(name, of: DataSet.synthetic) {
            let isPlain = statement.items == [.all] && statement.conditions.isEmpty && statement.groups.isEmpty
            guard isPlain, statement.order.isEmpty, let limit = statement.limit else { throw .limitRequired }
            return .synthetic(rows: min(limit, SyntheticRows.limit))
        }
        guard let table = data.table(name) else { throw .tableUnknown(name) }
        return .table(try SelectExecution.run(statement, over: table))
    }
}
