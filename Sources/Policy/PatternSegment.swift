/// What one segment of a route's path may be.
package enum PatternSegment: Hashable, Sendable {
    /// Exactly these bytes. Only unreserved characters (RFC 3986 §2.3) can stand in one, so that a
    /// canonical path has a single spelling for it.
    case literal([UInt8])
    /// `{name:a|b}`: one of these literals.
    case choice(name: String, [[UInt8]])
    /// `{name}`: any one segment; never an empty one.
    case variable(name: String)
    /// `{name...}`: the rest of the path, one segment or more. Always the last.
    case rest(name: String)

    /// How narrow it is; the larger is tried first.
    var rank: UInt64 {
        switch self {
        case .literal: 3
        case .choice: 2
        case .variable: 1
        case .rest: 0
        }
    }

    /// Without what does not change which paths it matches: names, and the order of choices.
    var shape: PatternSegment {
        switch self {
        case .literal: self
        case .choice(_, let literals): .choice(name: "", literals.sorted { $0.lexicographicallyPrecedes($1) })
        case .variable: .variable(name: "")
        case .rest: .rest(name: "")
        }
    }

    /// Whether every segment that matches `other` matches this one too.
    func includes(_ other: PatternSegment) -> Bool {
        switch (self, other) {
        case (.literal(let own), .literal(let theirs)): own == theirs
        case (.choice(_, let own), .literal(let theirs)): own.contains(theirs)
        case (.choice(_, let own), .choice(_, let theirs)): theirs.allSatisfy { own.contains($0) }
        case (.variable, .literal), (.variable, .choice), (.variable, .variable): true
        case (.rest, _): true
        case (.literal, .choice), (.literal, .variable), (.literal, .rest): false
        case (.choice, .variable), (.choice, .rest), (.variable, .rest): false
        }
    }
}
