/// The TileJSON document of a source.
struct TileJSON {
    let table: Table
    let geometry: Int
    let tiles: String
    /// Where a boundary's properties are, apart from its shapes.
    var propertiesTiles: String?

    var json: JSONValue {
        let bounds = bounds
        var document: [JSONMember] = [
            JSONMember(name: "tilejson", value: "2.2.0"),
            JSONMember(name: "version", value: "1.0.0"),
            JSONMember(name: "scheme", value: "xyz"),
            JSONMember(name: "tiles", value: [.text(tiles)]),
        ]
        if let propertiesTiles {
            document.append(JSONMember(name: "properties_tiles", value: [.text(propertiesTiles)]))
        }
        document += [
            JSONMember(name: "minzoom", value: 0),
            JSONMember(name: "maxzoom", value: 15),
            JSONMember(name: "bounds", value: .array(bounds.map(JSONValue.number))),
            JSONMember(
                name: "center",
                value: [.number((bounds[0] + bounds[2]) / 2), .number((bounds[1] + bounds[3]) / 2), 1]),
            JSONMember(name: "schema", value: table.schema),
            JSONMember(
                name: "vector_layers",
                value: [
                    [
                        "id": .text(VectorTile.layer), "minzoom": 0, "maxzoom": 15,
                        "fields": fields,
                    ]
                ]),
            JSONMember(name: "tilestats", value: ["layerCount": 1, "layers": [layerStatistics]]),
        ]
        return .object(document)
    }

    /// West, south, east, north of all points; the whole map without any.
    private var bounds: [Double] {
        let points = table.rows.compactMap { $0[geometry].asPoint }
        guard let first = points.first else {
            return [-180, -WebMercator.latitudeLimit, 180, WebMercator.latitudeLimit]
        }
        var bounds = [first.longitude, first.latitude, first.longitude, first.latitude]
        for point in points {
            bounds[0] = min(bounds[0], point.longitude)
            bounds[1] = min(bounds[1], point.latitude)
            bounds[2] = max(bounds[2], point.longitude)
            bounds[3] = max(bounds[3], point.latitude)
        }
        return bounds
    }

    private var properties: [(index: Int, column: Column)] {
        table.columns.enumerated().filter { $0.element.kind != .geometry }.map { ($0.offset, $0.element) }
    }

    private var fields: JSONValue {
        .object(properties.map { JSONMember(name: $0.column.name, value: .text(Self.typeName($0.column.kind))) })
    }

    private var layerStatistics: JSONValue {
        [
            "layer": .text(VectorTile.layer), "count": JSONValue(table.rows.count), "geometry": "Point",
            "attributeCount": JSONValue(properties.count),
            "attributes": .array(properties.map { ColumnStatistics(table, $0.index).json }),
        ]
    }

    private static func typeName(_ kind: Column.Kind) -> String {
        switch kind {
        case .number: "Number"
        case .string: "String"
        case .boolean: "Boolean"
        case .geometry: "Geometry"
        }
    }
}
