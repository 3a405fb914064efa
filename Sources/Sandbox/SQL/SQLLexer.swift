/// Cuts a statement into tokens; comments and white space fall away.
struct SQLLexer {
    /// Bytes.
    static let lengthLimit = 1 << 18

    private let bytes: [UInt8]
    private var at = 0
    private var tokens: [SQLToken] = []
    private var placeholders = 0

    static func tokens(of statement: String) throws(SQLError) -> [SQLToken] {
        guard statement.utf8.count <= lengthLimit else { throw .statementTooLong }
        var lexer = SQLLexer(bytes: Array(statement.utf8))
        while try lexer.next() {}
        return lexer.tokens
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func next() throws(SQLError) -> Bool {
        guard let byte = peek() else { return false }
        switch byte {
        case _ where isSpace(byte): at += 1
        case UInt8(ascii: "-") where peek(1) == byte: skipLine()
        case UInt8(ascii: "#"): skipLine()
        case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): try skipBlock()
        case UInt8(ascii: "'"): tokens.append(.string(try quoted(by: byte)))
        case UInt8(ascii: "`"), UInt8(ascii: "\""): tokens.append(.quoted(try quoted(by: byte)))
        case UInt8(ascii: "@"), UInt8(ascii: "$"):
            let start = at
            at += 1
            let name = word()
            guard !name.isEmpty else { throw .characterUnexpected(at: start) }
            tokens.append(.parameter(name))
        case UInt8(ascii: "?"):
            at += 1
            placeholders += 1
            tokens.append(.parameter(String(placeholders)))
        case _ where isDigit(byte), UInt8(ascii: ".") where peek(1).map(isDigit) ?? false:
            tokens.append(.number(try number()))
        case _ where Self.beginsWord(byte): tokens.append(.word(word()))
        default: tokens.append(.symbol(try symbol()))
        }
        return true
    }

    private static func beginsWord(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    /// Letters, digits and underscores; a single dash inside too, as in the names of projects. The subset
    /// has no arithmetic it could be taken for.
    private mutating func word() -> String {
        let start = at
        while let byte = peek() {
            let isDash = byte == UInt8(ascii: "-") && at > start
            let continues = Self.beginsWord(byte) || isDigit(byte)
            let leadsOn = isDash && (peek(1).map { Self.beginsWord($0) || isDigit($0) } ?? false)
            guard continues || leadsOn else { break }
            at += 1
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func number() throws(SQLError) -> Datum {
        let start = at
        while let byte = peek() {
            let isExponent = byte | 0x20 == UInt8(ascii: "e")
            guard isDigit(byte) || byte == UInt8(ascii: ".") || isExponent else { break }
            at += 1
            if isExponent, peek() == UInt8(ascii: "-") || peek() == UInt8(ascii: "+") { at += 1 }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw .numberMalformed(at: start) }
        return .number(number)
    }

    /// A quote is written twice to stand for itself.
    private mutating func quoted(by quote: UInt8) throws(SQLError) -> String {
        let start = at
        var content: [UInt8] = []
        at += 1
        while let byte = peek() {
            at += 1
            if byte == quote {
                guard peek() == quote else { return String(decoding: content, as: UTF8.self) }
                at += 1
            }
            content.append(byte)
        }
        throw .quoteNotClosed(at: start)
    }

    private mutating func symbol() throws(SQLError) -> String {
        for symbol in ["<=", ">=", "<>", "!=", "(", ")", ",", ".", "*", "=", "<", ">", ";", "-"]
        where bytes[at...].starts(with: symbol.utf8) {
            at += symbol.utf8.count
            return symbol
        }
        throw .characterUnexpected(at: at)
    }

    private mutating func skipLine() {
        while let byte = peek(), byte != 0x0A { at += 1 }
    }

    private mutating func skipBlock() throws(SQLError) {
        let start = at
        at += 2
        while at + 1 < bytes.count {
            if bytes[at] == UInt8(ascii: "*"), bytes[at + 1] == UInt8(ascii: "/") {
                at += 2
                return
            }
            at += 1
        }
        throw .quoteNotClosed(at: start)
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        at + distance < bytes.count ? bytes[at + distance] : nil
    }
}
