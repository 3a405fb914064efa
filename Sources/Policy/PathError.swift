/// Why a path is not canonical. Texts are fixed: none repeats what was sent.
package enum PathError: Error, Equatable, Sendable, CaseIterable {
    case notAbsolute
    case leadingDoubleSlash
    case emptySegment
    case dotSegment
    case trimmedSegment
    case backslash
    case semicolon
    case forbiddenByte
    case percentMalformed
    case encodedDot
    case encodedSlash
    case encodedBackslash
    case encodedControl
    case encodedSemicolon
    case encodedDelimiter
    case encodedUnreserved
    case doublyEncoded
    case notUTF8

    /// For the client and the log, in kebab-case.
    package var code: String {
        switch self {
        case .notAbsolute: "path-not-absolute"
        case .leadingDoubleSlash: "path-leading-double-slash"
        case .emptySegment: "path-empty-segment"
        case .dotSegment: "path-dot-segment"
        case .trimmedSegment: "path-trimmed-segment"
        case .backslash: "path-backslash"
        case .semicolon: "path-semicolon"
        case .forbiddenByte: "path-forbidden-byte"
        case .percentMalformed: "path-percent-malformed"
        case .encodedDot: "path-encoded-dot"
        case .encodedSlash: "path-encoded-slash"
        case .encodedBackslash: "path-encoded-backslash"
        case .encodedControl: "path-encoded-control"
        case .encodedSemicolon: "path-encoded-semicolon"
        case .encodedDelimiter: "path-encoded-delimiter"
        case .encodedUnreserved: "path-encoded-unreserved"
        case .doublyEncoded: "path-doubly-encoded"
        case .notUTF8: "path-not-utf8"
        }
    }

    package var explanation: String {
        switch self {
        case .notAbsolute: "the path does not begin with a slash"
        case .leadingDoubleSlash: "the path begins with two slashes"
        case .emptySegment: "the path has two slashes in a row"
        case .dotSegment: "the path has a segment of dots alone"
        case .trimmedSegment: "a segment of the path begins or ends with a space, or ends with a dot"
        case .backslash: "the path has a backslash"
        case .semicolon: "the path has a semicolon"
        case .forbiddenByte: "the path has a byte that must be percent-encoded there"
        case .percentMalformed: "a percent sign in the path is not followed by two hexadecimal digits"
        case .encodedDot: "the path has a percent-encoded dot"
        case .encodedSlash: "the path has a percent-encoded slash"
        case .encodedBackslash: "the path has a percent-encoded backslash"
        case .encodedControl: "the path has a percent-encoded control character"
        case .encodedSemicolon: "the path has a percent-encoded semicolon"
        case .encodedDelimiter: "the path has a percent-encoded question mark or number sign"
        case .encodedUnreserved: "the path has a percent-encoded letter, digit, hyphen, underscore or tilde"
        case .doublyEncoded: "the path is percent-encoded twice"
        case .notUTF8: "the percent-encoded bytes of the path are not UTF-8"
        }
    }

    /// What to change in the request.
    package var hint: String {
        switch self {
        case .notAbsolute: "send a path such as /v3/maps/…"
        case .leadingDoubleSlash:
            "a base URL that ends with a slash was probably joined to a path that begins with one: write the base without"
        case .emptySegment: "join base and path with a single slash, and leave no part of the path empty"
        case .dotSegment: "send the path with . and .. already resolved"
        case .trimmedSegment: "some servers cut such ends off and would read another path: use the name without them"
        case .backslash, .semicolon, .encodedBackslash, .encodedSemicolon:
            "some servers cut or split paths there: use a name without it"
        case .forbiddenByte: "percent-encode the segment as UTF-8, as encodeURIComponent does"
        case .percentMalformed: "write a percent sign itself as %25"
        case .encodedDot, .encodedUnreserved: "send letters, digits and - . _ ~ as they are"
        case .encodedSlash:
            "some servers decode it and would read another path: send a name whose parts are separated by plain slashes"
        case .encodedControl: "use a name without control characters"
        case .encodedDelimiter:
            "some servers cut paths there: use a name without ? and #, and put parameters behind a plain ?"
        case .doublyEncoded: "encode each segment once"
        case .notUTF8: "percent-encode the UTF-8 form of the name"
        }
    }
}
