/// Just enough of a Mapbox Vector Tile decoder to check what was encoded, written from the specification.
struct DecodedTile: Equatable {
    struct Feature: Equatable {
        var id: UInt64?
        var type: UInt64 = 0
        var x = 0
        var y = 0
        var properties: [String: String] = [:]
    }

    var name = ""
    var version: UInt64 = 0
    var extent: UInt64 = 0
    var features: [Feature] = []

    /// Nil when the bytes are no tile of one layer of single points.
    init?(_ bytes: [UInt8]) {
        guard let layers = Message(bytes[...]), layers.fields.count == 1, layers.fields[0].number == 3,
            let layer = Message(layers.fields[0].content)
        else { return nil }
        let keys = layer.all(3).map { String(decoding: $0, as: UTF8.self) }
        let values = layer.all(4).compactMap { Message($0)?.text }
        name = layer.all(1).first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        version = layer.number(15) ?? 0
        extent = layer.number(5) ?? 4096
        for content in layer.all(2) {
            guard let message = Message(content), let tags = Message.packed(message.all(2).first ?? []),
                let geometry = Message.packed(message.all(4).first ?? []), geometry.count == 3, geometry[0] == 9
            else { return nil }
            var feature = Feature(id: message.number(1), type: message.number(3) ?? 0)
            feature.x = Message.unzigzag(geometry[1])
            feature.y = Message.unzigzag(geometry[2])
            for pair in stride(from: 0, to: tags.count - 1, by: 2) {
                guard keys.indices.contains(Int(tags[pair])), values.indices.contains(Int(tags[pair + 1])) else {
                    return nil
                }
                feature.properties[keys[Int(tags[pair])]] = values[Int(tags[pair + 1])]
            }
            features.append(feature)
        }
    }
}

/// The fields of a Protocol Buffers message, one level deep.
private struct Message {
    struct Field {
        var number: UInt64
        var value: UInt64 = 0
        var content: ArraySlice<UInt8> = []
        var wireType: UInt64
    }

    var fields: [Field] = []

    init?(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            guard let key = Self.varint(&rest) else { return nil }
            var field = Field(number: key >> 3, wireType: key & 7)
            switch field.wireType {
            case 0:
                guard let value = Self.varint(&rest) else { return nil }
                field.value = value
            case 1:
                guard rest.count >= 8 else { return nil }
                field.value = rest.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
                rest = rest.dropFirst(8)
            case 2:
                guard let length = Self.varint(&rest), length <= UInt64(rest.count) else { return nil }
                field.content = rest.prefix(Int(length))
                rest = rest.dropFirst(Int(length))
            default: return nil
            }
            fields.append(field)
        }
    }

    func all(_ number: UInt64) -> [ArraySlice<UInt8>] { fields.filter { $0.number == number }.map(\.content) }

    func number(_ number: UInt64) -> UInt64? { fields.first { $0.number == number }?.value }

    /// A tile's value, as text.
    var text: String? {
        guard fields.count == 1 else { return nil }
        switch (fields[0].number, fields[0].wireType) {
        case (1, 2): return String(decoding: fields[0].content, as: UTF8.self)
        case (3, 1): return String(Double(bitPattern: fields[0].value))
        case (4, 0): return String(Int64(bitPattern: fields[0].value))
        case (7, 0): return fields[0].value == 1 ? "true" : "false"
        default: return nil
        }
    }

    static func packed(_ bytes: ArraySlice<UInt8>) -> [UInt64]? {
        var rest = bytes
        var values: [UInt64] = []
        while !rest.isEmpty {
            guard let value = varint(&rest) else { return nil }
            values.append(value)
        }
        return values
    }

    static func unzigzag(_ value: UInt64) -> Int { Int(value >> 1) ^ -Int(value & 1) }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
