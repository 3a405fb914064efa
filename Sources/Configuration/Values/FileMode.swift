/// The permission bits of a socket's file, in octal: `0600`.
enum FileMode {
    /// The owner has to be able to connect, and nothing of a socket can be executed.
    static func parse(_ text: String) throws(ValueProblem) -> UInt16 {
        guard (3...4).contains(text.utf8.count), let mode = UInt16(text, radix: 8), text.utf8.allSatisfy(ASCII.isDigit),
            mode & ~0o666 == 0, mode & 0o600 == 0o600
        else { throw ValueProblem("is no mode of a socket", suggestion: "write 0600, 0660 or 0666") }
        return mode
    }
}
