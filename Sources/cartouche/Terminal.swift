import Secrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks the person at the terminal. Questions go to standard error; standard output is for programs.
struct Terminal {
    /// nil where nobody can be asked.
    init?() {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return nil }
    }

    /// The longest answer taken, in bytes.
    private static let limit = 16 << 10

    // What keys send while the terminal leaves them to us.
    private static let interrupt: UInt8 = 0x03
    private static let endOfInput: UInt8 = 0x04
    private static let backspace: UInt8 = 0x08
    private static let eraseLine: UInt8 = 0x15
    private static let delete: UInt8 = 0x7F

    func ask(_ question: String, standard: String? = nil) throws(Stop) -> String {
        Output.standardError.prompt(standard.map { "\(question) [\($0)]: " } ?? "\(question): ")
        var line: [UInt8] = []
        while let byte = Self.nextByte(), byte != 0x0A {
            guard line.count < Self.limit else { throw Stop(.usage, "cartouche: the answer is too long") }
            line.append(byte)
        }
        let text = String(decoding: line, as: UTF8.self).trimmed
        if text.isEmpty, let standard { return standard }
        return text
    }

    func confirm(_ question: String) throws(Stop) -> Bool {
        let answer = try ask("\(question) (y/N)").lowercased()
        return answer == "y" || answer == "yes"
    }

    /// Without showing what is typed. The caller wipes the bytes.
    ///
    /// The terminal is put into a mode where every key comes at once and none is acted upon, so that an interrupt
    /// leaves it as it was, with its echo on.
    func askSecret(_ question: String) throws(Stop) -> [UInt8] {
        var before = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else { throw Self.unusable }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        unsafe withUnsafeMutableBytes(of: &silent.c_cc) { keys in
            unsafe keys[Int(VMIN)] = 1
            unsafe keys[Int(VTIME)] = 0
        }
        // What was typed ahead was typed in the open: it is thrown away.
        guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { throw Self.unusable }
        defer {
            unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &before)
            Output.standardError.prompt("\n")
        }
        Output.standardError.prompt("\(question) (not shown): ")
        var line: [UInt8] = []
        line.reserveCapacity(Self.limit)
        while let byte = Self.nextByte(), byte != 0x0A, byte != 0x0D, byte != Self.endOfInput {
            switch byte {
            case Self.interrupt:
                wipe(&line)
                throw Stop(.runtime, "cartouche: interrupted")
            case Self.backspace, Self.delete: if !line.isEmpty { line.removeLast() }
            case Self.eraseLine: line.removeAll(keepingCapacity: true)
            default: if line.count < Self.limit { line.append(byte) }
            }
        }
        return line
    }

    private static let unusable = Stop(.runtime, "cartouche: the terminal cannot be kept from showing what is typed")

    /// nil at the end of the input. Byte by byte, so that nothing is read that the next question asks for.
    private static func nextByte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count == 1 { return byte }
            guard count < 0, errno == EINTR else { return nil }
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        let start = drop { $0 == " " || $0 == "\t" }
        let end = start.lastIndex { $0 != " " && $0 != "\t" && $0 != "\r" }
        return end.map { String(start[...$0]) } ?? ""
    }
}
