/// A Mapbox Vector Tile (specification 2.1) with one layer of points.
package enum VectorTile {
    package static let layer = "default"
    package static let extent = 4096

    /// The rows whose point is in the tile, with all their other cells as properties; empty content when
    /// there are none.
    package static func encode(_ table: Table, geometry: Int, tile: TileCoordinate) -> [UInt8] {
        var keys = [String: UInt32]()
        var values = [Datum: UInt32]()
        var keyList: [String] = []
        var valueList: [Datum] = []
        var features: [[UInt8]] = []
        let identifier = table.index(of: "id")
        for row in table.rows {
            guard let point = row[geometry].asPoint,
                let place = WebMercator.place(of: point, in: tile, extent: extent)
            else { continue }
            var tags: [UInt32] = []
            for (column, datum) in zip(table.columns, row) where column.kind != .geometry && datum != .null {
                tags.append(number(of: column.name, in: &keys, &keyList))
                tags.append(number(of: datum, in: &values, &valueList))
            }
            var feature = ProtobufWriter()
            if let identifier, case .integer(let id) = row[identifier], id >= 0 {
                feature.varint(UInt64(id), field: 1)
            }
            feature.packed(tags, field: 2)
            feature.varint(1, field: 3)
            // §4.3: MoveTo, once, then the step from the origin.
            let step = [place.x, place.y].map { ProtobufWriter.zigzag(Int32($0)) }
            feature.packed([1 << 3 | 1] + step, field: 4)
            features.append(feature.bytes)
        }
        guard !features.isEmpty else { return [] }
        var layer = ProtobufWriter()
        layer.varint(2, field: 15)
        layer.delimited(Self.layer.utf8, field: 1)
        for feature in features { layer.delimited(feature, field: 2) }
        for key in keyList { layer.delimited(key.utf8, field: 3) }
        for value in valueList { layer.delimited(encode(value), field: 4) }
        layer.varint(UInt64(extent), field: 5)
        var tile = ProtobufWriter()
        tile.delimited(layer.bytes, field: 3)
        return tile.bytes
    }

    private static func encode(_ value: Datum) -> [UInt8] {
        var writer = ProtobufWriter()
        switch value {
        case .text(let text): writer.delimited(text.utf8, field: 1)
        case .number(let number): writer.double(number, field: 3)
        // `int_value` is two's complement in a varint, whatever the sign.
        case .integer(let number): writer.varint(UInt64(bitPattern: number), field: 4)
        case .bool(let truth): writer.varint(truth ? 1 : 0, field: 7)
        case .null, .point: break
        }
        return writer.bytes
    }

    private static func number<Key: Hashable>(of key: Key, in numbers: inout [Key: UInt32], _ list: inout [Key])
        -> UInt32
    {
        if let number = numbers[key] { return number }
        let number = UInt32(list.count)
        numbers[key] = number
        list.append(key)
        return number
    }
}
