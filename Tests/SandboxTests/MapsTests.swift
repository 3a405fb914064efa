import Sandbox
import Testing

@Suite struct MapsTests {
    private let bench = Bench()

    @Test func leadsFromTheInstantiationToTheTile() throws {
        let instantiation = bench.get("/v3/maps/carto_dw/table?name=\(DataSet.places)&client=test")
        #expect(instantiation.first("Cache-Control") == "public, max-age=31536000")
        let document = json(instantiation)
        #expect(document["nrows"] == .integer(Int64(bench.state.data.places.rows.count)))
        let url = try #require(document["tilejson"]?["url"]?.asArray?.first?.asText)
        #expect(
            url == "https://localhost:8443/v3/maps/carto_dw/table?name=\(DataSet.places)&client=test"
                + "&format=tilejson&cache=1750000000000")
        let tileJSON = json(bench.follow(url))
        #expect(tileJSON["tilejson"] == "2.2.0")
        let template = try #require(tileJSON["tiles"]?.asArray?.first?.asText)
        #expect(template.hasPrefix("https://localhost:8443/v3/maps/carto_dw/table/{z}/{x}/{y}?"))
        let tile = bench.follow(
            template.replacing("{z}", with: "0").replacing("{x}", with: "0").replacing("{y}", with: "0"))
        #expect(tile.first("Content-Type") == "application/vnd.mapbox-vector-tile")
        #expect(DecodedTile(bytes(tile))?.features.count == bench.state.data.places.rows.count)
    }

    @Test func ignoresTheHostAClientSends() {
        let answer = bench.get(
            "/v3/maps/carto_dw/table?name=airports", Bench.apiToken + [("Host", "evil"), ("X-Forwarded-Host", "evil")])
        #expect(!text(answer).contains("evil"))
    }

    @Test func keepsTokensOutOfItsURLs() {
        let answer = bench.get("/v3/maps/carto_dw/table?name=airports&access_token=the.api.token", [])
        #expect(answer.status == 200)
        #expect(!text(answer).contains("the.api.token"))
    }

    @Test func putsTheTileJSONInWhenAsked() {
        let document = json(bench.get("/v3/maps/carto_dw/table?name=airports&inlineTilejson=true"))
        #expect(document["tilejson"]?["data"]?["tiles"]?.asArray?.count == 1)
    }

    @Test func describesItsColumns() throws {
        let tileJSON = json(bench.get("/v3/maps/carto_dw/table?name=airports&format=tilejson"))
        #expect(tileJSON["vector_layers"]?.asArray?.first?["fields"]?["elevation_ft"] == "Number")
        let attributes = try #require(tileJSON["tilestats"]?["layers"]?.asArray?.first?["attributes"]?.asArray)
        let elevation = try #require(attributes.first { $0["attribute"] == "elevation_ft" })
        #expect(elevation["min"] == -11)
        #expect(elevation["max"] == 8361)
        #expect(elevation["quantiles"]?.asArray?.first == [-11, 152, 8361])
        #expect(tileJSON["bounds"]?.asArray?.count == 4)
    }

    @Test(arguments: [
        ("geojson", "application/geo+json; charset=utf-8"), ("json", "application/json; charset=utf-8"),
        ("ndjson", "application/x-ndjson; charset=utf-8"),
    ])
    func answersInFormats(_ format: String, _ type: String) throws {
        let statement = percentEncoded("SELECT name, geom FROM airports WHERE iata = 'MUC'")
        let answer = bench.get("/v3/maps/carto_dw/query?q=\(statement)&format=\(format)")
        #expect(answer.first("Content-Type") == type)
        let feature: JSONValue = [
            "type": "Feature", "geometry": ["type": "Point", "coordinates": [11.7861, 48.3538]],
            "properties": ["name": "Munich"],
        ]
        switch format {
        case "geojson": #expect(json(answer) == ["type": "FeatureCollection", "features": [feature]])
        case "ndjson": #expect(bytes(answer) == JSONWriter.write(feature) + [0x0A])
        default: #expect(json(answer).asArray?.first?["name"] == "Munich")
        }
    }

    @Test func followsALongStatementByAStoredName() throws {
        let statement = "SELECT * FROM airports WHERE iata IN ('MAD', '\(String(repeating: "x", count: 8000))')"
        let body = String(decoding: JSONWriter.write(["q": .text(statement)]), as: UTF8.self)
        let document = json(bench.ask("POST", "/v3/maps/carto_dw/query", body: body))
        let url = try #require(document["geojson"]?["url"]?.asArray?.first?.asText)
        #expect(url.utf8.count < 200)
        #expect(json(bench.follow(url))["features"]?.asArray?.count == 1)
        #expect(bench.get("/v3/maps/carto_dw/query?source=unknown&format=json").status == 404)
    }

    @Test func takesQueryParameters() throws {
        let body = #"{"q":"SELECT * FROM airports WHERE iata = @code","queryParameters":{"code":"LIS"}}"#
        let document = json(bench.ask("POST", "/v3/maps/carto_dw/query", body: body))
        #expect(document["nrows"] == 1)
        let url = try #require(document["json"]?["url"]?.asArray?.first?.asText)
        #expect(json(bench.follow(url)).asArray?.first?["iata"] == "LIS")
    }

    @Test(arguments: 0...5)
    func putsEachPointIntoExactlyOneTile(zoom: Int) throws {
        let table = bench.state.data.places
        var ids: [UInt64] = []
        for column in 0..<(1 << zoom) {
            for row in 0..<(1 << zoom) {
                let tile = try #require(TileCoordinate(zoom: zoom, column: column, row: row))
                let content = VectorTile.encode(table, geometry: 7, tile: tile)
                guard !content.isEmpty else { continue }
                let decoded = try #require(DecodedTile(content))
                ids += decoded.features.compactMap(\.id)
                #expect(decoded.features.allSatisfy { (0..<4096).contains($0.x) && (0..<4096).contains($0.y) })
            }
        }
        #expect(ids.sorted() == (1...UInt64(table.rows.count)).map { $0 })
    }

    @Test func encodesTheTilesParts() throws {
        let answer = bench.get("/v3/maps/carto_dw/table/8/137/81?name=airports&formatTiles=mvt")
        #expect(answer.status == 200)
        // Nothing there; Vienna is two tiles to the east.
        #expect(bytes(answer).isEmpty)
        let tile = try #require(
            DecodedTile(bytes(bench.get("/v3/maps/carto_dw/table/8/139/88?name=airports&columns=iata,elevation_ft"))))
        #expect(tile.name == "default")
        #expect(tile.version == 2)
        #expect(tile.extent == 4096)
        let vienna = try #require(tile.features.first)
        #expect(tile.features.count == 1)
        #expect(vienna.type == 1)
        #expect(vienna.properties == ["iata": "VIE", "elevation_ft": "600"])
    }

    @Test(arguments: [
        (0.0, 0.0, 0.5, 0.5), (-180.0, 85.051128779806604, 0.0, 0.0), (90.0, 0.0, 0.75, 0.5), (180.0, 0.0, 0.0, 0.5),
        (0.0, 66.51326044311186, 0.5, 0.25), (0.0, -66.51326044311186, 0.5, 0.75), (0.0, 90.0, 0.5, 0.0),
    ])
    func projects(_ longitude: Double, _ latitude: Double, _ x: Double, _ y: Double) {
        let position = WebMercator.position(of: GeographicPoint(longitude: longitude, latitude: latitude))
        #expect(abs(position.x - x) < 1e-9)
        #expect(abs(position.y - y) < 1e-9)
        let south = WebMercator.position(of: GeographicPoint(longitude: 0, latitude: -90))
        #expect(south.y < 1)
    }

    @Test(arguments: [
        (5_192_650_370_358_181_887 as UInt64, 0, 0, 0), (5_193_776_270_265_024_511, 1, 0, 0),
        (5_194_902_170_171_867_135, 1, 1, 0), (5_196_028_070_078_709_759, 1, 0, 1),
        (5_209_574_053_332_910_079, 4, 9, 8),
    ])
    func readsQuadbinCells(_ cell: UInt64, _ zoom: Int, _ column: Int, _ row: Int) {
        #expect(TileCoordinate(quadbin: cell) == TileCoordinate(zoom: zoom, column: column, row: row))
    }

    @Test(arguments: [
        "/v3/maps/carto_dw/table/1/2/0?name=airports", "/v3/maps/carto_dw/table/-1/0/0?name=airports",
        "/v3/maps/carto_dw/table/27/0/0?name=airports", "/v3/maps/carto_dw/table/0/0/9223372036854775808?name=airports",
        "/v3/maps/carto_dw/table/a/0/0?name=airports", "/v3/maps/carto_dw/table/0/0/0?name=airports&formatTiles=binary",
        "/v3/maps/carto_dw/table/123?name=airports&spatialIndex=quadbin",
        "/v3/maps/carto_dw/table/18446744073709551615?name=airports&spatialIndex=quadbin",
        "/v3/maps/carto_dw/table/843?name=airports&spatialIndex=h3", "/v3/maps/carto_dw/table?format=tilejson",
        "/v3/maps/carto_dw/table?name=airports&format=binary", "/v3/maps/carto_dw/tileset?name=airports&format=geojson",
        "/v3/maps/carto_dw/table?name=airports&columns=nothing",
        "/v3/maps/carto_dw/table?name=airports&geo_column=name",
        "/v3/maps/carto_dw/query?q=SELECT+1", "/v3/maps/carto_dw/query?q=SELECT+*+FROM+synthetic_rows+LIMIT+5",
    ])
    func refuses(_ target: String) {
        let answer = bench.get(target)
        #expect(answer.status == 400, "\(text(answer))")
        #expect(json(answer)["status"] == 400)
    }

    @Test func hasBoundariesAndARaster() {
        let boundary = json(bench.get("/v3/maps/carto_dw/boundary?tilesetTableName=airports&format=tilejson"))
        #expect(boundary["properties_tiles"]?.asArray?.first?.asText?.hasSuffix("&properties=true") == true)
        let raster = json(bench.get("/v3/maps/carto_dw/raster?name=slope&format=tilejson"))
        #expect(raster["raster_metadata"]?["block_width"] == 256)
        #expect(bytes(bench.get("/v3/maps/carto_dw/raster/3/1/2?name=slope")).count == 65_536)
        #expect(bench.get("/v3/maps/carto_dw/raster?name=other").status == 404)
    }

    @Test func publishesAMapWithATokenOfItsOwn() throws {
        let target = "/v3/maps/public/ff6ac53f-741a-49fb-b615-d040bc5a96b8"
        let map = json(bench.get(target, []))
        let token = try #require(map["token"]?.asText)
        #expect(json(bench.get(target, []))["token"]?.asText == token)
        let fields: [(name: String, value: String)] = [("Authorization", "Bearer \(token)")]
        #expect(bench.get("/v3/maps/carto_dw/table?name=\(DataSet.places)", fields).status == 200)
        #expect(bench.get("/v3/maps/carto_dw/table?name=\(DataSet.airports)", fields).status == 403)
        #expect(bench.get("/v3/sql/carto_dw/query?q=SELECT+1", fields).status == 403)
        #expect(bench.get("/v3/maps/public/other", []).status == 404)
    }

    @Test func tellsAColumnsStatistics() {
        let numbers = json(bench.get("/v3/stats/carto_dw/airports/elevation_ft"))
        #expect(numbers["type"] == "Number")
        #expect(numbers["min"] == -11)
        let texts = json(bench.get("/v3/stats/carto_dw/country?q=SELECT+country+FROM+airports"))
        #expect(texts["categories"]?.asArray?.first == ["category": "United States", "frequency": 11])
        #expect(bench.get("/v3/stats/carto_dw/airports/nothing").status == 400)
    }
}
