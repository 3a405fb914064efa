/// A block of the sandbox's only raster: a slope that depends on nothing but the tile.
enum RasterBlock {
    static let table = "carto-demo-data.demo_rasters.slope"
    static let side = 256

    /// One byte a pixel, row by row from the north.
    static func bytes(_ tile: TileCoordinate) -> [UInt8] {
        (0..<(side * side)).map { pixel in
            let (row, column) = pixel.quotientAndRemainder(dividingBy: side)
            return UInt8(truncatingIfNeeded: (row &+ column) / 2 &+ tile.zoom &+ tile.column &+ tile.row)
        }
    }
}
