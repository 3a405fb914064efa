/// The documents of a map source: its instantiation and what that leads to.
struct MapDocument {
    private let exchange: Exchange
    private let source: Source
    private let kind: MapKind
    private let parameters: Parameters
    private let urls: MapURLs

    init(_ exchange: Exchange, _ source: Source, _ kind: MapKind, _ parameters: Parameters) throws(Refusal) {
        self.exchange = exchange
        self.source = source
        self.kind = kind
        self.parameters = parameters
        urls = try MapURLs(exchange, connection: source.connection, kind: kind, parameters: parameters)
    }

    /// The first step: where each format is to be had.
    func instantiation() throws(Refusal) -> SandboxAnswer {
        let table = try describedTable()
        var members = [
            JSONMember(name: "nrows", value: JSONValue(table.rows.count)),
            JSONMember(name: "size", value: JSONValue(table.rows.count * 128)),
            JSONMember(name: "schema", value: table.schema),
        ]
        for format in formats {
            var entry: [JSONMember] = [
                JSONMember(name: "url", value: [.text(urls.document(format: format, now: exchange.now))])
            ]
            if format == "tilejson", parameters.text("inlineTilejson") == "true" {
                entry.append(JSONMember(name: "data", value: try tileJSON()))
            }
            members.append(JSONMember(name: format, value: .object(entry)))
        }
        // CARTO lets caches keep a GET's answer for up to a year.
        let caching = exchange.method == "GET" ? "public, max-age=31536000" : "no-store"
        return SandboxAnswer(json: .object(members), fields: [("Cache-Control", caching)])
    }

    /// The second step.
    func inFormat(_ format: String) throws(Refusal) -> SandboxAnswer {
        let caching = ("Cache-Control", "public, max-age=31536000")
        guard formats.contains(format) else { throw .formatUnsupported(format) }
        if format == "tilejson" { return SandboxAnswer(json: try tileJSON(), fields: [caching]) }
        let (table, geometry) = try Self.table(source, kind, parameters)
        switch format {
        case "geojson":
            return SandboxAnswer(
                status: 200, fields: [("Content-Type", "application/geo+json; charset=utf-8"), caching],
                body: .bytes(JSONWriter.write(GeoJSONWriter.collection(table, geometry: geometry))))
        case "ndjson":
            return SandboxAnswer(
                status: 200, fields: [("Content-Type", "application/x-ndjson; charset=utf-8"), caching],
                body: .bytes(GeoJSONWriter.lines(table, geometry: geometry)))
        default: return SandboxAnswer(json: table.rowsJSON, fields: [caching])
        }
    }

    private var formats: [String] {
        switch kind {
        case .query, .table: ["tilejson", "geojson", "json", "ndjson"]
        case .tileset, .raster, .boundary: ["tilejson"]
        }
    }

    private func tileJSON() throws(Refusal) -> JSONValue {
        let tiles = urls.tiles(now: exchange.now)
        guard kind != .raster else {
            _ = try Self.rasterName(parameters)
            let table = Table(columns: [Column(name: "geom", kind: .geometry), Column(name: "slope", kind: .number)])
            let metadata: JSONValue = [
                "block_width": JSONValue(RasterBlock.side), "block_height": JSONValue(RasterBlock.side),
                "bands": [["name": "slope", "type": "uint8"]],
            ]
            return TileJSON(table: table, geometry: 0, tiles: tiles).json
                .adding([JSONMember(name: "raster_metadata", value: metadata)])
        }
        let (table, geometry) = try Self.table(source, kind, parameters)
        var document = TileJSON(table: table, geometry: geometry, tiles: tiles)
        if kind == .boundary { document.propertiesTiles = urls.tiles(now: exchange.now, suffix: "&properties=true") }
        return document.json
    }

    private func describedTable() throws(Refusal) -> Table {
        guard kind == .raster else { return try Self.table(source, kind, parameters).table }
        _ = try Self.rasterName(parameters)
        return Table(columns: [Column(name: "slope", kind: .number)])
    }

    static func rasterName(_ parameters: Parameters) throws(Refusal) -> String {
        guard let name = parameters.text(MapKind.raster.sourceParameter) else { throw .parameterMissing("name") }
        guard DataSet.isName(name, of: RasterBlock.table) else { throw .notFound("Table \(name)") }
        return name
    }

    /// The rows behind a source and the column of their geometry.
    static func table(
        _ source: Source, _ kind: MapKind, _ parameters: Parameters
    ) throws(Refusal) -> (table: Table, geometry: Int) {
        guard let name = parameters.text(kind.sourceParameter) else { throw .parameterMissing(kind.sourceParameter) }
        let table: Table
        switch kind {
        case .query: table = try source.rows(of: name, parameters: parameters.document("queryParameters"))
        case .table, .tileset, .raster, .boundary:
            table = try chosenColumns(of: try source.table(name), parameters)
        }
        guard let geometry = table.geometryIndex(named: parameters.text("geo_column")) else {
            throw .parameterMalformed("geo_column")
        }
        return (table, geometry)
    }

    /// Those columns that `columns` lists, if it does, and the geometry.
    private static func chosenColumns(of table: Table, _ parameters: Parameters) throws(Refusal) -> Table {
        guard let list = parameters.text("columns") else { return table }
        let names = listMembers(list)
        for name in names where table.index(of: name) == nil { throw .statementRefused(.columnUnknown(name)) }
        let kept = table.columns.indices.filter { index in
            table.columns[index].kind == .geometry || names.contains { table.index(of: $0) == index }
        }
        return Table(columns: kept.map { table.columns[$0] }, rows: table.rows.map { row in kept.map { row[$0] } })
    }
}
