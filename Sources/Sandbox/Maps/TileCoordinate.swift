/// A tile of the Web Mercator pyramid, counted from the north-west.
package struct TileCoordinate: Sendable, Equatable {
    package static let deepestZoom = 26

    package let zoom: Int
    package let column: Int
    package let row: Int

    /// Nil for a tile the pyramid does not have.
    package init?(zoom: Int, column: Int, row: Int) {
        guard zoom >= 0, zoom <= Self.deepestZoom else { return nil }
        let side = 1 << zoom
        guard column >= 0, column < side, row >= 0, row < side else { return nil }
        self.zoom = zoom
        self.column = column
        self.row = row
    }

    /// Reads a quadbin cell: 0, 1, mode 1 in four bits, three unused, the zoom in five, then the tile's
    /// column and row interleaved from the top, and ones in what is left.
    package init?(quadbin cell: UInt64) {
        guard cell >> 59 == 0b01001, cell >> 57 & 0b11 == 0 else { return nil }
        let zoom = Int(cell >> 52 & 0x1F)
        guard zoom <= Self.deepestZoom else { return nil }
        let unused = UInt64(52 - 2 * zoom)
        let ones: UInt64 = (1 << unused) &- 1
        guard cell & ones == ones else { return nil }
        let interleaved = (cell & ((1 << 52) &- 1)) >> unused
        var column = 0
        var row = 0
        for bit in 0..<zoom {
            column |= Int(interleaved >> UInt64(2 * bit) & 1) << bit
            row |= Int(interleaved >> UInt64(2 * bit + 1) & 1) << bit
        }
        self.init(zoom: zoom, column: column, row: row)
    }
}
