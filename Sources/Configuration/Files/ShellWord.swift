/// Writes a text so that a POSIX shell reads it back as one word.
package enum ShellWord {
    package static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "/._-+,:@%".utf8.contains($0) }
        if isPlain { return text }
        var word: [UInt8] = [0x27]
        for byte in text.utf8 { word += byte == 0x27 ? Array(#"'\''"#.utf8) : [byte] }
        return String(decoding: word + [0x27], as: UTF8.self)
    }
}
