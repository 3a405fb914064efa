/// Methods and a path template: the `match` of a rule, such as
/// `GET,POST /v3/maps/{connection}/{type:query|table|tileset|raster|boundary}`.
///
///     pattern   = methods 1*SP template
///     methods   = "*" / method *( "," method )      GET HEAD POST PUT PATCH DELETE OPTIONS
///     template  = "/" / 1*( "/" segment )
///     segment   = literal                           1*unreserved, case-sensitive, not only dots
///               / "{" name "}"                      any one segment
///               / "{" name ":" literal 1*( "|" literal ) "}"
///               / "{" name "..." "}"                the rest, at least one segment; last only
///     name      = ALPHA *( ALPHA / DIGIT / "_" )    each once in a template
///
/// `*` is every method but OPTIONS. GET implies HEAD. One slash at the end of a request's path is
/// not a segment: `/v3/imports/` is matched as `/v3/imports` is.
package struct MatchPattern: Hashable, Sendable {
    /// As written: HEAD is not added here.
    package let methods: MethodSet
    package let segments: [PatternSegment]
    /// The path part as it was written; for logs, where it stands for paths that may hold secrets.
    package let template: String

    /// The longest path a template can describe, in segments (the rest not counted). CARTO's longest
    /// has seven.
    package static let maximumSegments = 16

    init(methods: MethodSet, segments: [PatternSegment], template: String) {
        self.methods = methods
        self.segments = segments
        self.template = template
    }

    /// As a rule writes it.
    package var text: String { "\(methods.patternText) \(template)" }

    /// Equal for patterns that match the same paths.
    var shape: [PatternSegment] { segments.map(\.shape) }

    /// Orders patterns that match one path: from the left, literal beats choice beats variable beats
    /// rest. Two bits a segment, the first in the highest bits, so that `>` compares.
    var specificity: UInt64 {
        var key: UInt64 = 0
        for index in 0..<Self.maximumSegments {
            key = key &<< 2
            if index < segments.count { key |= segments[index].rank }
        }
        return key
    }

    /// Whether every path that matches `other` matches this pattern too.
    func includes(_ other: MatchPattern) -> Bool {
        for index in segments.indices {
            guard index < other.segments.count, segments[index].includes(other.segments[index]) else { return false }
            if case .rest = segments[index] { return true }
        }
        return segments.count == other.segments.count
    }
}
