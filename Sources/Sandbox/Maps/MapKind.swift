/// The kinds of map source, as they stand in a path.
enum MapKind: String, Sendable {
    case query
    case table
    case tileset
    case raster
    case boundary

    /// The parameter that says what the source is.
    var sourceParameter: String {
        switch self {
        case .query: "q"
        case .table, .tileset, .raster: "name"
        case .boundary: "tilesetTableName"
        }
    }
}
