/// Shows a text that came from outside: in quotes, shortened, with controls replaced, so that it can neither
/// forge a line of the log nor drive a terminal. What stands before the `@` of a URL is left out.
enum Quoted {
    private static let longest = 80

    static func text(_ text: String) -> String {
        let scalars = text.unicodeScalars
        var shown = "\""
        for scalar in withoutUserInformation(scalars[...]).prefix(longest) {
            shown.unicodeScalars.append(isHarmless(scalar) ? scalar : "?")
        }
        if scalars.count > longest { shown += "…" }
        return shown + "\""
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
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
