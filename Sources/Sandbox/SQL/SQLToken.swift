enum SQLToken: Equatable {
    /// A keyword or a name, as written.
    case word(String)
    /// A name between backquotes or double quotes; never a keyword.
    case quoted(String)
    case string(String)
    case number(Datum)
    /// `@name`, `$1` or `?` (with its place among them, counted from 1).
    case parameter(String)
    case symbol(String)

    var text: String {
        switch self {
        case .word(let text), .quoted(let text), .symbol(let text): text
        case .string(let text): "'\(text)'"
        case .number(let datum): datum.description
        case .parameter(let name): "@\(name)"
        }
    }

    func isKeyword(_ keyword: String) -> Bool {
        if case .word(let word) = self { return equalIgnoringASCIICase(word.utf8, keyword.utf8) }
        return false
    }
}
