/// `/v3/lds`: location data services for the places the data set knows.
struct LocationAPI {
    private static let batchLimit = 10_000

    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        _ = try exchange.requireToken(api: "lds")
        switch path {
        case ["geocoding", "geocode"]: return try geocode(exchange)
        case ["geocoding", "reverse"]: return try reverse(exchange)
        case ["geocoding", "batch"]: return try batch(exchange)
        case ["isolines"]: return try isolines(exchange)
        // As where the organization's provider has no such cells.
        case ["isolines", "h3"]: throw .providerUnsupported
        case ["routing"]: return try route(exchange)
        case ["stats"]: return try statistics(exchange)
        default: throw .routeUnknown
        }
    }

    private func geocode(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("GET")
        guard let address = exchange.query.text("address") else { throw .parameterMissing("address") }
        exchange.state.update { $0.locationUses.geocoding &+= 1 }
        let found = Gazetteer(exchange.state.data).find(address, limit: exchange.query.integer("limit") ?? 10)
        return SandboxAnswer(json: [["value": .array(found)]])
    }

    private func reverse(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("GET")
        let latitude = exchange.query.number("lat") ?? exchange.query.number("latitude")
        let longitude =
            exchange.query.number("lon") ?? exchange.query.number("lng") ?? exchange.query.number("longitude")
        guard let latitude else { throw .parameterMissing("lat") }
        guard let longitude else { throw .parameterMissing("lon") }
        guard let point = GeographicPoint(checking: longitude, latitude) else { throw .parameterMalformed("lat, lon") }
        exchange.state.update { $0.locationUses.geocoding &+= 1 }
        let found = Gazetteer(exchange.state.data).nearest(to: point)
        return SandboxAnswer(json: [["value": .array(found.map { [$0] } ?? [])]])
    }

    /// In the order asked; an address not found has an error in its entry and fails nothing else.
    private func batch(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("POST")
        guard let addresses = try exchange.jsonBody()["addresses"]?.asArray else {
            throw .parameterMissing("addresses")
        }
        guard addresses.count <= Self.batchLimit else { throw .parameterMalformed("addresses") }
        let gazetteer = Gazetteer(exchange.state.data)
        var entries: [JSONValue] = []
        for address in addresses {
            let text = address.asText ?? address["address"]?.asText ?? ""
            let found = gazetteer.find(text, limit: 1)
            entries.append(found.isEmpty ? ["value": [], "error": "Address not found"] : ["value": .array(found)])
        }
        let count = addresses.count
        exchange.state.update { $0.locationUses.geocoding &+= count }
        return SandboxAnswer(json: .array(entries))
    }

    /// Circles: as far as one gets on the straight line.
    private func isolines(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("GET")
        let origin = try point("origin", exchange)
        let speed = try speed(exchange)
        guard let list = exchange.query.text("range") else { throw .parameterMissing("range") }
        let isDistance = (exchange.query.text("range_type") ?? exchange.query.text("type")) == "distance"
        var features: [JSONValue] = []
        for member in listMembers(list).prefix(10) {
            guard let range = Double(member), range > 0, range <= 1_000_000 else { throw .parameterMalformed("range") }
            let metres = isDistance ? range : range * speed
            features.append([
                "type": "Feature", "geometry": Sphere.circle(around: origin, metres: metres),
                "properties": ["range": .number(range), "metres": .number(metres)],
            ])
        }
        exchange.state.update { $0.locationUses.isolines &+= 1 }
        return SandboxAnswer(json: ["type": "FeatureCollection", "features": .array(features)])
    }

    private func route(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("GET")
        let origin = try point("origin", exchange)
        let destination = try point("destination", exchange)
        let metres = Sphere.distance(origin, destination)
        let speed = try speed(exchange)
        exchange.state.update { $0.locationUses.routing &+= 1 }
        return SandboxAnswer(json: [
            "type": "Feature",
            "geometry": ["type": "LineString", "coordinates": [origin.coordinates, destination.coordinates]],
            "properties": ["distance": .number(metres), "duration": .number(metres / speed)],
        ])
    }

    private func statistics(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("GET")
        let uses = exchange.state.update { $0.locationUses }
        func entry(_ used: Int) -> JSONValue { ["used_quota": JSONValue(used), "annual_quota": 1_000_000] }
        return SandboxAnswer(json: [
            "geocoding": entry(uses.geocoding), "isolines": entry(uses.isolines), "routing": entry(uses.routing),
        ])
    }

    /// `longitude,latitude`.
    private func point(_ name: String, _ exchange: Exchange) throws(Refusal) -> GeographicPoint {
        guard let text = exchange.query.text(name) else { throw .parameterMissing(name) }
        guard let point = GeographicPoint(longitudeLatitude: text) else { throw .parameterMalformed(name) }
        return point
    }

    /// Metres a second.
    private func speed(_ exchange: Exchange) throws(Refusal) -> Double {
        switch exchange.query.text("mode") ?? "car" {
        case "car": 13.9
        case "walk": 1.4
        default: throw .parameterMalformed("mode")
        }
    }
}
