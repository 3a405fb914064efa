/// Finds the data set's places by name and by position.
struct Gazetteer {
    private let table: Table
    private let names: [String]
    private let countries: [String]

    init(_ data: DataSet) {
        table = data.places
        names = Self.texts(in: table, "name").map(Self.folded)
        countries = Self.texts(in: table, "country").map(Self.folded)
    }

    /// The places whose name is a part of the address between commas, the largest first. Further parts that
    /// name a country must name theirs.
    func find(_ address: String, limit: Int) -> [JSONValue] {
        let parts = listMembers(address).map(Self.folded)
        let named = table.rows.indices.filter { index in parts.contains(names[index]) }
        let inCountry = named.filter { index in parts.contains(countries[index]) }
        return (inCountry.isEmpty ? named : inCountry).prefix(max(limit, 0)).map(document)
    }

    /// The place next to a point.
    func nearest(to point: GeographicPoint) -> JSONValue? {
        let distances = table.rows.indices.map { (index: $0, metres: metres(from: $0, to: point)) }
        return distances.min { $0.metres < $1.metres }.map { document($0.index) }
    }

    private func metres(from index: Int, to point: GeographicPoint) -> Double {
        position(index).map { Sphere.distance($0, point) } ?? .infinity
    }

    private func position(_ index: Int) -> GeographicPoint? {
        table.geometryIndex().flatMap { table.rows[index][$0].asPoint }
    }

    private func document(_ index: Int) -> JSONValue {
        let name = Self.texts(in: table, "name")[index]
        let country = Self.texts(in: table, "country")[index]
        return [
            "latitude": .number(position(index)?.latitude ?? 0), "longitude": .number(position(index)?.longitude ?? 0),
            "type": "Point", "address": .text("\(name), \(country)"), "city": .text(name), "country": .text(country),
        ]
    }

    private static func texts(in table: Table, _ column: String) -> [String] {
        guard let index = table.index(of: column) else { return [] }
        return table.rows.map { $0[index].description }
    }

    /// Without case and without the accents that occur in the data, as people type addresses.
    static func folded(_ text: String) -> String {
        var folded = ""
        for scalar in text.lowercased().unicodeScalars {
            switch scalar {
            case "á", "à", "ã", "â", "å", "ä": folded += "a"
            case "é", "è", "ê": folded += "e"
            case "í", "î": folded += "i"
            case "ó", "ô", "ö", "õ", "ø": folded += "o"
            case "ú", "ü": folded += "u"
            case "ç": folded += "c"
            case "ñ": folded += "n"
            case "\u{300}"..."\u{36F}": break
            default: folded.unicodeScalars.append(scalar)
            }
        }
        return folded
    }
}
