/// Longitude and latitude in degrees (WGS 84).
package struct GeographicPoint: Sendable, Hashable {
    package var longitude: Double
    package var latitude: Double

    package init(longitude: Double, latitude: Double) {
        self.longitude = longitude
        self.latitude = latitude
    }
}

extension GeographicPoint {
    var coordinates: JSONValue { [.number(longitude), .number(latitude)] }

    var geoJSON: JSONValue { ["type": "Point", "coordinates": coordinates] }

    /// Reads `longitude,latitude`; nil unless both are on the Earth.
    init?(longitudeLatitude text: String) {
        let parts = listMembers(text)
        guard parts.count == 2, let longitude = Double(parts[0]), let latitude = Double(parts[1]) else { return nil }
        self.init(checking: longitude, latitude)
    }

    /// Nil unless both are on the Earth; NaN is not.
    init?(checking longitude: Double, _ latitude: Double) {
        guard longitude >= -180, longitude <= 180, latitude >= -90, latitude <= 90 else { return nil }
        self.init(longitude: longitude, latitude: latitude)
    }
}
