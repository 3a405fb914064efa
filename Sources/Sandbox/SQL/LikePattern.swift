/// A pattern of `LIKE`: `%` stands for any text, `_` for one character.
struct LikePattern {
    private let pattern: [Unicode.Scalar]

    init(_ text: String) {
        pattern = Array(text.unicodeScalars)
    }

    /// Goes back only to the last `%`, so its time is the product of the two lengths at worst.
    func matches(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        var at = 0
        var place = 0
        var retry: (place: Int, at: Int)?
        while at < text.count {
            if place < pattern.count, pattern[place] == "%" {
                place += 1
                retry = (place, at)
            } else if place < pattern.count, pattern[place] == "_" || pattern[place] == text[at] {
                place += 1
                at += 1
            } else if let last = retry {
                place = last.place
                at = last.at + 1
                retry = (last.place, at)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "%" }
    }
}
