import Sandbox
import Testing

@Suite struct LocationTests {
    private let bench = Bench()

    @Test(arguments: [
        ("Madrid", "Madrid"), ("Gran Via 1, madrid, Spain", "Madrid"), ("bogota", "Bogotá"),
        ("REYKJAVIK, Iceland", "Reykjavík"),
        ("S\u{E3}o Paulo", "São Paulo"), ("Sa\u{303}o Paulo, Brazil", "São Paulo"),
    ])
    func geocodes(_ address: String, _ city: String) {
        let answer = json(bench.get("/v3/lds/geocoding/geocode?address=\(percentEncoded(address))"))
        #expect(answer.asArray?.first?["value"]?.asArray?.first?["city"] == .text(city))
    }

    @Test func findsNothingWhereThereIsNothing() {
        #expect(json(bench.get("/v3/lds/geocoding/geocode?address=Atlantis")) == [["value": []]])
        #expect(json(bench.get("/v3/lds/geocoding/geocode?address=Madrid&limit=-1")) == [["value": []]])
    }

    @Test func namesTheNearestPlace() {
        let answer = json(bench.get("/v3/lds/geocoding/reverse?lat=48.2&lon=16.4&language=en"))
        #expect(answer.asArray?.first?["value"]?.asArray?.first?["city"] == "Vienna")
    }

    @Test func geocodesABatchInItsOrder() {
        let answer = bench.ask(
            "POST", "/v3/lds/geocoding/batch", body: #"{"addresses":["Rome",{"address":"Oslo"},"x",5]}"#)
        let entries = json(answer).asArray ?? []
        #expect(entries.map { $0["value"]?.asArray?.first?["city"]?.asText } == ["Rome", "Oslo", nil, nil])
        #expect(entries.last?["error"] == "Address not found")
        let stats = json(bench.get("/v3/lds/stats"))
        #expect(stats["geocoding"]?["used_quota"] == 4)
    }

    @Test func drawsIsolinesAsCircles() throws {
        let answer = json(
            bench.get("/v3/lds/isolines?origin=-3.7038,40.4168&mode=walk&range=600,1000&range_type=distance"))
        let features = try #require(answer["features"]?.asArray)
        #expect(features.count == 2)
        let ring = try #require(features[1]["geometry"]?["coordinates"]?.asArray?.first?.asArray)
        #expect(ring.count == 65)
        #expect(ring.first == ring.last)
        // A kilometre to the north is 0.009 degrees of latitude.
        let north = try #require(ring.first?.asArray?.last?.asNumber)
        #expect(abs(north - 40.4168 - 0.008993) < 1e-5)
    }

    @Test func routesAlongAStraightLine() throws {
        let route = json(bench.get("/v3/lds/routing?origin=-3.7038,40.4168&destination=2.1734,41.3851&mode=car"))
        let metres = try #require(route["properties"]?["distance"]?.asNumber)
        #expect(abs(metres - 505_000) < 2_000)
    }

    @Test(arguments: [
        "geocoding/geocode", "geocoding/reverse?lat=1", "geocoding/reverse?lat=91&lon=0",
        "geocoding/reverse?lat=nan&lon=0",
        "geocoding/reverse?lat=inf&lon=0", "isolines?origin=1&range=5", "isolines?origin=1,2",
        "isolines?origin=1,2&range=0",
        "isolines?origin=1,2&range=nan", "isolines?origin=1,2&range=1e400", "isolines?origin=nan,2&range=5",
        "isolines?origin=1,2&range=5&mode=fly", "routing?origin=1,2", "routing?origin=1,2&destination=181,0",
        "isolines/h3?origin=1,2&range=5",
    ])
    func refuses(_ target: String) {
        #expect(bench.get("/v3/lds/\(target)").status == 400)
    }
}
