enum OnOff {
    static func parse(_ text: String) throws(ValueProblem) -> Bool {
        switch text {
        case "on", "true", "yes": return true
        case "off", "false", "no": return false
        default: throw ValueProblem("is neither on nor off")
        }
    }
}

enum Words {
    /// That a text is none of the words a key takes.
    static func none(of words: [String], is text: String) -> ValueProblem {
        ValueProblem(
            "is none of \(words.joined(separator: ", "))",
            suggestion: NearestName.of(text, among: words).map { "did you mean \($0)?" })
    }
}
