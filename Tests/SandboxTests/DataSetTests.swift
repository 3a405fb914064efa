import Sandbox
import Testing

@Suite struct DataSetTests {
    private let data = DataSet()

    @Test func readsEveryLine() {
        #expect(data.places.rows.count == 211)
        #expect(data.airports.rows.count == 54)
    }

    @Test func everyRowIsWholeAndOnTheEarth() throws {
        for table in [data.places, data.airports] {
            let longitude = try #require(table.index(of: "lon"))
            let latitude = try #require(table.index(of: "LAT"))
            for row in table.rows {
                #expect(row.count == table.columns.count)
                guard case .number(let x) = row[longitude], case .number(let y) = row[latitude] else {
                    Issue.record("no position in \(row)")
                    continue
                }
                #expect(abs(x) <= 180 && abs(y) <= 85)
                #expect(row.last == .point(GeographicPoint(longitude: x, latitude: y)))
            }
        }
    }

    @Test func noPlaceStandsTwice() {
        #expect(Set(data.places.rows.map { $0[1] }).count == data.places.rows.count)
        #expect(Set(data.airports.rows.map { $0[1] }).count == data.airports.rows.count)
    }
}
