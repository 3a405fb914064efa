#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The Earth as a sphere: exact enough for a sandbox.
enum Sphere {
    /// Mean radius in metres.
    static let radius = 6_371_008.8

    /// Metres along the great circle (the haversine formula).
    static func distance(_ one: GeographicPoint, _ other: GeographicPoint) -> Double {
        let (a, b) = (one.latitude * .pi / 180, other.latitude * .pi / 180)
        let halfLatitude = sin((b - a) / 2)
        let halfLongitude = sin((other.longitude - one.longitude) * .pi / 360)
        let chord = halfLatitude * halfLatitude + cos(a) * cos(b) * halfLongitude * halfLongitude
        return 2 * radius * asin(min(chord.squareRoot(), 1))
    }

    /// Where one arrives from `start` after so many metres in a direction, in radians from the north.
    static func destination(from start: GeographicPoint, metres: Double, bearing: Double) -> GeographicPoint {
        let angle = metres / radius
        let latitude = start.latitude * .pi / 180
        let sine = sin(latitude) * cos(angle) + cos(latitude) * sin(angle) * cos(bearing)
        let arrival = asin(min(max(sine, -1), 1))
        let turn = atan2(sin(bearing) * sin(angle) * cos(latitude), cos(angle) - sin(latitude) * sin(arrival))
        let longitude = (start.longitude + turn * 180 / .pi + 540).truncatingRemainder(dividingBy: 360) - 180
        return GeographicPoint(longitude: longitude, latitude: arrival * 180 / .pi)
    }

    /// A closed ring of 64 points around the centre, counter-clockwise as RFC 7946 §3.1.6 wants it.
    static func circle(around centre: GeographicPoint, metres: Double) -> JSONValue {
        let corners = 64
        var ring = (0..<corners).map { corner in
            let bearing = -2 * Double.pi * Double(corner) / Double(corners)
            return destination(from: centre, metres: metres, bearing: bearing).coordinates
        }
        ring += ring.prefix(1)
        return ["type": "Polygon", "coordinates": [.array(ring)]]
    }
}
