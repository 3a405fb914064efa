/// What a JSON text must keep to here (RFC 8259), with a limit on depth.
package enum JSONError: Error, Equatable {
    case valueExpected
    case nothingBehindTheValue
    case nameExpected
    case colonExpected
    case commaOrEndExpected
    case numberMalformed
    case stringMalformed
    case stringNotUTF8
    case tooDeep
}

/// Reads one JSON text into a value, with a stack of its own instead of recursion.
package struct JSONReader {
    package static let depthLimit = 64

    /// A bracket not closed yet, and where what stands inside it begins on the value and name stacks.
    private enum Open {
        case array(firstValue: Int)
        case object(firstValue: Int, firstName: Int)
    }

    private let bytes: [UInt8]
    private var at = 0
    private var opened: [Open] = []
    private var values: [JSONValue] = []
    private var names: [String] = []

    package static func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.document()
        reader.skipSpace()
        guard reader.at == bytes.count else { throw .nothingBehindTheValue }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func document() throws(JSONError) -> JSONValue {
        while true {
            // A value begins here; an opening bracket leads to the first value inside it.
            skipSpace()
            if take(UInt8(ascii: "[")) {
                guard opened.count < Self.depthLimit else { throw .tooDeep }
                opened.append(.array(firstValue: values.count))
                skipSpace()
                if peek() != UInt8(ascii: "]") { continue }
            } else if take(UInt8(ascii: "{")) {
                guard opened.count < Self.depthLimit else { throw .tooDeep }
                opened.append(.object(firstValue: values.count, firstName: names.count))
                skipSpace()
                if peek() != UInt8(ascii: "}") {
                    names.append(try memberName())
                    continue
                }
            } else {
                values.append(try scalar())
            }
            // A value ended here, and may have been the last one of what surrounds it.
            if try close() { return values.removeLast() }
        }
    }

    /// Closes every bracket that ends here; true at the end of the outermost value.
    private mutating func close() throws(JSONError) -> Bool {
        while let open = opened.last {
            skipSpace()
            switch open {
            case .array(let first):
                if values.count > first, take(UInt8(ascii: ",")) { return false }
                guard take(UInt8(ascii: "]")) else { throw .commaOrEndExpected }
                let elements = Array(values[first...])
                values.removeSubrange(first...)
                values.append(.array(elements))
            case .object(let first, let firstName):
                if values.count > first, take(UInt8(ascii: ",")) {
                    names.append(try memberName())
                    return false
                }
                guard take(UInt8(ascii: "}")) else { throw .commaOrEndExpected }
                let members = zip(names[firstName...], values[first...]).map { JSONMember(name: $0, value: $1) }
                values.removeSubrange(first...)
                names.removeSubrange(firstName...)
                values.append(.object(members))
            }
            opened.removeLast()
        }
        return true
    }

    private mutating func memberName() throws(JSONError) -> String {
        skipSpace()
        guard take(UInt8(ascii: "\"")) else { throw .nameExpected }
        let name = try string()
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw .colonExpected }
        return name
    }

    private mutating func scalar() throws(JSONError) -> JSONValue {
        if take(UInt8(ascii: "\"")) { return .text(try string()) }
        if take("null") { return .null }
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        return try number()
    }

    /// RFC 8259 §6: no leading zero, no bare point, an exponent with digits.
    private mutating func number() throws(JSONError) -> JSONValue {
        let start = at
        _ = take(UInt8(ascii: "-"))
        guard let first = peek(), isDigit(first) else { throw .valueExpected }
        let whole = digits()
        if first == UInt8(ascii: "0"), whole > 1 { throw .numberMalformed }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            guard digits() > 0 else { throw .numberMalformed }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw .numberMalformed }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw .numberMalformed }
        return .number(number)
    }

    private mutating func digits() -> Int {
        let start = at
        while let byte = peek(), isDigit(byte) { at += 1 }
        return at - start
    }

    private mutating func string() throws(JSONError) -> String {
        var text: [UInt8] = []
        while let byte = peek() {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw .stringNotUTF8 }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0x00..<0x20: throw .stringMalformed
            default: text.append(byte)
            }
        }
        throw .stringMalformed
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        guard let byte = peek() else { throw .stringMalformed }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try codeUnit())
            if code >= 0xD800, code < 0xDC00, take("\\u") {
                let low = UInt32(try codeUnit())
                guard low >= 0xDC00, low < 0xE000 else { throw .stringMalformed }
                code = 0x10000 &+ ((code &- 0xD800) << 10) &+ (low &- 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw .stringMalformed }
            text += Character(scalar).utf8
        default: throw .stringMalformed
        }
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek().flatMap(hexadecimalValue) else { throw .stringMalformed }
            unit = unit << 4 | UInt16(digit)
            at += 1
        }
        return unit
    }

    private func peek() -> UInt8? {
        at < bytes.count ? bytes[at] : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        at += 1
        return true
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let word = Array(word.description.utf8)
        guard bytes[at...].starts(with: word) else { return false }
        at += word.count
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
    }
}
