#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The projection of web maps (EPSG:3857), on a square whose side is 1.
package enum WebMercator {
    /// Degrees north and south where the square ends.
    package static let latitudeLimit = 85.051128779806604

    /// From the north-west corner: x to the east, y to the south; both from 0 up to but not including 1.
    package static func position(of point: GeographicPoint) -> (x: Double, y: Double) {
        let latitude = min(max(point.latitude, -latitudeLimit), latitudeLimit)
        let sine = sin(latitude * .pi / 180)
        let x = (point.longitude + 180) / 360
        let y = 0.5 - log((1 + sine) / (1 - sine)) / (4 * .pi)
        // The antimeridian belongs to the first column, so that each point is in one tile only.
        return (x >= 1 ? 0 : max(x, 0), min(max(y, 0), 1.0.nextDown))
    }

    /// Where the point is in the tile, in `extent` steps a side; nil when it is in another tile.
    package static func place(of point: GeographicPoint, in tile: TileCoordinate, extent: Int) -> (x: Int, y: Int)? {
        let side = Double(1 << tile.zoom)
        let position = position(of: point)
        let x = position.x * side - Double(tile.column)
        let y = position.y * side - Double(tile.row)
        guard x >= 0, x < 1, y >= 0, y < 1 else { return nil }
        return (Int(x * Double(extent)), Int(y * Double(extent)))
    }
}
