/// Why a text is not a value of the kind its key asks for.
///
/// The message never repeats the text: the caller adds it where the key is not a secret.
package struct ValueProblem: Error, Equatable {
    /// What is wrong, as the end of a sentence that begins with the key's name.
    package let message: String
    /// What to write instead, when that can be told.
    package let suggestion: String?

    package init(_ message: String, suggestion: String? = nil) {
        self.message = message
        self.suggestion = suggestion
    }
}
