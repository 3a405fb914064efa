/// Shows a text that came from outside: in quotes, shortened, with controls replaced, so that it can neither
/// forge a line of the log nor drive a terminal. What stands before the `@` of a URL is left out.
package enum Quoted {
    private static let longest = 80

    package static func text(_ text: String) -> String {
        let scalars = text.unicodeScalars
        var shown = "\""
        for scalar in withoutUserInformation(scalars[...]).prefix(longest) {
            shown.unicodeScalars.append(isHarmless(scalar) ? scalar : "?")
        }
        if scalars.count > longest { shown += "…" }
        return shown + "\""
    }

    /// Shows what stands where a key belongs, up to the first character no key has: behind a forgotten space
    /// (`client_secret:…`) the value may follow.
    package static func key(_ text: String) -> String {
        let name = text.utf8.prefix { ASCII.isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2D || $0 == 0x2E }
        let shown = String(decoding: name, as: UTF8.self)
        return Self.text(name.count == text.utf8.count ? shown : shown + "…")
    }

    /// Whether it neither ends a line nor drives a terminal nor reorders what is shown.
    static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
    }

    private static func withoutUserInformation(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        guard let at = text.lastIndex(of: "@") else { return text }
        let before = text[..<at]
        let colon = before.indices.first { before[$0...].starts(with: "://".unicodeScalars) }
        guard let colon else { return text }
        return text[..<before.index(colon, offsetBy: 3)] + text[at...]
    }
}
