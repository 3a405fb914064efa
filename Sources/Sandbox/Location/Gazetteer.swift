/// Finds the data set's places by name and by position.
struct Gazetteer {
    private let table: Table
    private let names: [String]
    private let countries: [String]
    /// Rows by their folded names.
    private let rows: [String: [Int]]
    private let foldedCountries: [String]

    init(_ data: DataSet) {
        table = data.places
        names = Self.texts(in: table, "name")
        countries = Self.texts(in: table, "country")
        rows = Dictionary(grouping: names.indices) { [names] in Self.folded(names[$0]) }
        foldedCountries = countries.map(Self.folded)
    }

    /// The places whose name is one of the address's parts between commas, in the table's order. Further parts that
    /// name a country must name theirs.
    func find(_ address: String, limit: Int) -> [JSONValue] {
        let parts = listMembers(address).prefix(8).map(Self.folded)
        let named = Set(parts).flatMap { rows[$0] ?? [] }.sorted()
        let inCountry = named.filter { index in parts.contains(foldedCountries[index]) }
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
        [
            "latitude": .number(position(index)?.latitude ?? 0), "longitude": .number(position(index)?.longitude ?? 0),
            "type": "Point", "address": .text("\(names[index]), \(countries[index])"), "city": .text(names[index]),
            "country": .text(countries[index]),
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
