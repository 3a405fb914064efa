// Swift's URLSession.
import Foundation
#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

struct Rows: Decodable {
    struct Row: Decodable { let name: String }
    let rows: [Row]
}

struct Instantiation: Decodable {
    struct Links: Decodable { let url: [String] }
    let tilejson: Links
}

struct TileJSON: Decodable { let tiles: [String] }
struct Failure: Decodable { let error: String }

struct Unusable: Error {}

func send(_ request: URLRequest) async throws -> (status: Int, body: Data) {
    let (body, response) = try await URLSession.shared.data(for: request)
    return ((response as? HTTPURLResponse)?.statusCode ?? 0, body)
}

func url(_ text: String, query: [String: String] = [:]) throws -> URL {
    guard var components = URLComponents(string: text) else { throw Unusable() }
    if !query.isEmpty { components.queryItems = query.map { URLQueryItem(name: $0.key, value: $0.value) } }
    guard let url = components.url else { throw Unusable() }
    return url
}

func json<Document: Decodable>(_ type: Document.Type, _ body: Data) throws -> Document {
    try JSONDecoder().decode(type, from: body)
}

let base = CommandLine.arguments[1]
let sql = "\(base)/v3/sql/carto_dw/query"
let table = "carto-demo-data.demo_tables.populated_places"

let biggest = "SELECT name FROM populated_places ORDER BY population DESC LIMIT 3"
let rows = try await json(Rows.self, send(URLRequest(url: url(sql, query: ["q": biggest]))).body).rows
var paged = 0
var count = 0
repeat {
    var request = URLRequest(url: try url(sql))
    request.httpMethod = "POST"
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    let statement = "SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET \(paged)"
    request.httpBody = try JSONEncoder().encode(["q": statement])
    count = try await json(Rows.self, send(request).body).rows.count
    paged += count
} while count == 100
let map = try URLRequest(url: url("\(base)/v3/maps/carto_dw/table", query: ["name": table]))
guard let tileJSON = try await json(Instantiation.self, send(map).body).tilejson.url.first else { throw Unusable() }
// A template has braces, which no URL may have, so it stays text until they are filled in.
guard let template = try await json(TileJSON.self, send(URLRequest(url: url(tileJSON))).body).tiles.first else { throw Unusable() }
var filled = template
for name in ["{z}", "{x}", "{y}"] { filled = filled.replacingOccurrences(of: name, with: "0") }
let tile = try await send(URLRequest(url: url(filled)))
let mistake = try await send(URLRequest(url: url(sql, query: ["q": "SELEC name"])))
let result: [String: Any] = [
    "rows": rows.map(\.name), "paged": paged,
    "tile": ["url": template, "status": tile.status, "bytes": tile.body.count],
    "error": ["status": mistake.status, "message": try json(Failure.self, mistake.body).error],
]
print(String(decoding: try JSONSerialization.data(withJSONObject: result), as: UTF8.self))
