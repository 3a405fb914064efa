/// Rows as GeoJSON (RFC 7946).
enum GeoJSONWriter {
    static func collection(_ table: Table, geometry: Int) -> JSONValue {
        ["type": "FeatureCollection", "features": .array(table.rows.map { feature($0, table, geometry: geometry) })]
    }

    /// One feature a line.
    static func lines(_ table: Table, geometry: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for row in table.rows {
            JSONWriter.append(feature(row, table, geometry: geometry), to: &bytes)
            bytes.append(0x0A)
        }
        return bytes
    }

    private static func feature(_ row: [Datum], _ table: Table, geometry: Int) -> JSONValue {
        let properties = zip(table.columns, row).filter { $0.0.kind != .geometry }
        return [
            "type": "Feature", "geometry": row[geometry].json,
            "properties": .object(properties.map { JSONMember(name: $0.0.name, value: $0.1.json) }),
        ]
    }
}
