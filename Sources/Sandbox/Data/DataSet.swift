/// The tables of the sandbox, under the names they have in CARTO's demo data.
package struct DataSet: Sendable {
    package static let places = "carto-demo-data.demo_tables.populated_places"
    package static let airports = "carto-demo-data.demo_tables.airports"
    /// A table without end of equal rows of 1 KiB each, for downloads of any size.
    package static let synthetic = "carto-demo-data.demo_tables.synthetic_rows"

    package let places: Table
    package let airports: Table

    package init() {
        places = Table(
            columns: [
                Column(name: "id", kind: .number), Column(name: "name", kind: .string),
                Column(name: "country", kind: .string), Column(name: "continent", kind: .string),
                Column(name: "population", kind: .number), Column(name: "lon", kind: .number),
                Column(name: "lat", kind: .number), Column(name: "geom", kind: .geometry),
            ],
            rows: Self.rows(populatedPlacesText, texts: 3))
        airports = Table(
            columns: [
                Column(name: "id", kind: .number), Column(name: "iata", kind: .string),
                Column(name: "name", kind: .string), Column(name: "city", kind: .string),
                Column(name: "country", kind: .string), Column(name: "elevation_ft", kind: .number),
                Column(name: "lon", kind: .number), Column(name: "lat", kind: .number),
                Column(name: "geom", kind: .geometry),
            ],
            rows: Self.rows(airportsText, texts: 4))
    }

    /// The table a statement names: in full, or by its last part.
    package func table(_ name: String) -> Table? {
        if Self.isName(name, of: Self.places) { return places }
        if Self.isName(name, of: Self.airports) { return airports }
        return nil
    }

    /// The full name of a table known by its last part; any other name as it is.
    static func fullName(_ name: String) -> String {
        [places, airports, synthetic].first { isName(name, of: $0) } ?? name
    }

    static func isName(_ name: String, of table: String) -> Bool {
        if equalIgnoringASCIICase(name.utf8, table.utf8) { return true }
        guard let last = table.utf8.split(separator: UInt8(ascii: ".")).last else { return false }
        return equalIgnoringASCIICase(name.utf8, last)
    }

    /// Lines of `texts` texts, a whole number, a longitude and a latitude, between bars.
    private static func rows(_ text: StaticString, texts: Int) -> [[Datum]] {
        var rows: [[Datum]] = []
        for line in text.description.utf8.split(separator: 0x0A) {
            let parts = line.split(separator: UInt8(ascii: "|")).map { String(decoding: $0, as: UTF8.self) }
            guard parts.count == texts + 3, let number = Int64(parts[texts]),
                let longitude = Double(parts[texts + 1]), let latitude = Double(parts[texts + 2])
            else { continue }
            var row: [Datum] = [.integer(Int64(rows.count) + 1)]
            row += parts.prefix(texts).map(Datum.text)
            row += [.integer(number), .number(longitude), .number(latitude)]
            row.append(.point(GeographicPoint(longitude: longitude, latitude: latitude)))
            rows.append(row)
        }
        return rows
    }
}
