/// What the classifier tells apart; whitespace and comments are no tokens.
enum SQLToken: Equatable {
    case word(SQLWord)
    /// A number or a quoted text or name.
    case value
    case open, close
    case bracketOpen, bracketClose
    case semicolon
    /// `->>`: reads JSON in one dialect, begins another statement in another.
    case longArrow
    case other
}
