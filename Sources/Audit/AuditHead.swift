/// How far a log has come, kept apart from it: what tells that its end, or its beginning, was cut off.
package struct AuditHead: Equatable, Sendable {
    /// Of the last line.
    package var position: AuditPosition
    /// The number of the first line of the file that is written to.
    package var firstNumber: UInt64
    /// Which file that is, and how long it was.
    package var file: UInt64
    package var size: Int64

    package init(position: AuditPosition, firstNumber: UInt64, file: UInt64, size: Int64) {
        self.position = position
        self.firstNumber = firstNumber
        self.file = file
        self.size = size
    }

    /// The file of head records is two of these long. They are written in turn, so that one is whole whenever the
    /// machine stops.
    package static let slotSize = 160
    private static let name = "cartouche-audit-head-1"

    /// One slot. Nil where libcrypto failed.
    package func encode(under key: AuditKey) -> [UInt8]? {
        var text = Array(
            "\(Self.name) \(position.number) \(firstNumber) \(file) \(size) ".utf8)
        position.code.append(to: &text)
        guard let code = key.code(of: text.span) else { return nil }
        text.append(0x20)
        code.append(to: &text)
        guard text.count < Self.slotSize else { return nil }
        text += repeatElement(0x20, count: Self.slotSize - 1 - text.count)
        text.append(0x0A)
        return text
    }

    /// The newest record of a file's bytes that is authentic.
    package static func newest(_ bytes: Span<UInt8>, under key: AuditKey) -> AuditHead? {
        var newest: AuditHead?
        for start in stride(from: 0, to: 2 * slotSize, by: slotSize) where start + slotSize <= bytes.count {
            guard let head = AuditHead(bytes.extracting(start..<(start + slotSize)), under: key) else { continue }
            if let newest, newest.position.number >= head.position.number { continue }
            newest = head
        }
        return newest
    }

    private init?(_ slot: Span<UInt8>, under key: AuditKey) {
        let words = slot.indices.map { slot[$0] }.split(separator: 0x20).filter { !$0.elementsEqual([0x0A]) }
        guard words.count == 7, words[0].elementsEqual(Self.name.utf8),
            let number = UInt64(Self.text(words[1])), let first = UInt64(Self.text(words[2])),
            let file = UInt64(Self.text(words[3])), let size = Int64(Self.text(words[4])),
            let code = AuditCode(hexadecimal: Array(words[5]).span),
            let seal = AuditCode(hexadecimal: Array(words[6]).span)
        else { return nil }
        self.init(
            position: AuditPosition(number: number, code: code), firstNumber: first, file: file, size: size)
        // The words stand with one space between them from the slot's start on: so they were authenticated.
        let authenticated = words[0..<6].reduce(5) { $0 + $1.count }
        guard key.code(of: slot.extracting(0..<authenticated)) == seal else { return nil }
    }

    private static func text(_ word: ArraySlice<UInt8>) -> String { String(decoding: word, as: UTF8.self) }
}
