/// Rows under columns. Every row has a cell for each column.
package struct Table: Sendable, Equatable {
    package var columns: [Column]
    package var rows: [[Datum]]

    package init(columns: [Column], rows: [[Datum]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// The place of a column; names are compared without regard to the case of ASCII letters, as SQL does.
    package func index(of name: String) -> Int? {
        columns.firstIndex { equalIgnoringASCIICase($0.name.utf8, name.utf8) }
    }
}

extension Table {
    var schema: JSONValue { .array(columns.map(\.json)) }

    var rowsJSON: JSONValue { .array(rows.map(rowJSON)) }

    func rowJSON(_ row: [Datum]) -> JSONValue {
        .object(zip(columns, row).map { JSONMember(name: $0.name, value: $1.json) })
    }

    /// The column that holds the geometry: the one of this name, or the first of that kind.
    func geometryIndex(named name: String? = nil) -> Int? {
        if let name, let index = index(of: name) { return columns[index].kind == .geometry ? index : nil }
        return columns.firstIndex { $0.kind == .geometry }
    }
}
