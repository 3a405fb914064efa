/// `/v3/maps`: instantiations, what they lead to, public maps.
struct MapsAPI {
    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        // `public` stands where a connection does, and is matched first.
        if path.first == "public" { return try PublicMapsAPI().answer(exchange, Array(path.dropFirst())) }
        let caller = try exchange.requireToken(api: "maps")
        guard path.count >= 2, let kind = MapKind(rawValue: path[1]) else { throw .routeUnknown }
        let source = try Source(connection: path[0], caller: caller, exchange)
        let parameters = try storedParameters(try exchange.parameters(), exchange)
        switch path.count {
        case 2:
            try exchange.allow("GET", "POST")
            let document = try MapDocument(exchange, source, kind, parameters)
            guard let format = parameters.text("format") else { return try document.instantiation() }
            return try document.inFormat(format)
        case 3:
            try exchange.allow("GET")
            return try cell(path[2], source, kind, parameters)
        case 5:
            try exchange.allow("GET")
            guard let zoom = Int(path[2]), let column = Int(path[3]), let row = Int(path[4]),
                let tile = TileCoordinate(zoom: zoom, column: column, row: row)
            else { throw .parameterMalformed("z/x/y") }
            return try self.tile(tile, source, kind, parameters)
        default: throw .routeUnknown
        }
    }

    /// The parameters a short name in a URL stands for.
    private func storedParameters(_ parameters: Parameters, _ exchange: Exchange) throws(Refusal) -> Parameters {
        guard let name = parameters.text("source") else { return parameters }
        guard let stored = exchange.state.update({ $0.storedSources[name] }), let own = Parameters(stored) else {
            throw .notFound("Source \(name)")
        }
        return own.joined(parameters)
    }

    /// A tile named by the cell of a spatial index.
    private func cell(
        _ name: String, _ source: Source, _ kind: MapKind, _ parameters: Parameters
    ) throws(Refusal) -> SandboxAnswer {
        switch parameters.text("spatialIndex") {
        case "quadbin":
            guard let cell = UInt64(name), let tile = TileCoordinate(quadbin: cell) else {
                throw .parameterMalformed("spatial index cell")
            }
            return try self.tile(tile, source, kind, parameters)
        case let index: throw .formatUnsupported("spatialIndex=\(index ?? "")")
        }
    }

    private func tile(
        _ tile: TileCoordinate, _ source: Source, _ kind: MapKind, _ parameters: Parameters
    ) throws(Refusal) -> SandboxAnswer {
        let caching = ("Cache-Control", "public, max-age=31536000")
        if kind == .raster {
            _ = try MapDocument.rasterName(parameters)
            return SandboxAnswer(
                status: 200, fields: [("Content-Type", "application/octet-stream"), caching],
                body: .bytes(RasterBlock.bytes(tile)))
        }
        let format = parameters.text("formatTiles") ?? "mvt"
        guard format == "mvt" else { throw .formatUnsupported("formatTiles=\(format)") }
        let (table, geometry) = try MapDocument.table(source, kind, parameters)
        let content = VectorTile.encode(table, geometry: geometry, tile: tile)
        return SandboxAnswer(
            status: 200, fields: [("Content-Type", "application/vnd.mapbox-vector-tile"), caching],
            body: .bytes(content))
    }
}
