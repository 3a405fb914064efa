/// What a running instance says. On the socket it is a line with the code, then the text to the end.
package struct ControlAnswer: Equatable, Sendable {
    /// As an exit code: 0 well, 1 it failed, 2 what was asked for is wrong.
    package let code: Int32
    package let text: String

    package init(code: Int32 = 0, _ text: String) {
        self.code = code
        self.text = text
    }

    /// In bytes; what is longer is no answer of ours.
    static let limit = 4 << 20

    private static let greeting = "cartouche 1 "

    var bytes: [UInt8] { Array("\(Self.greeting)\(code)\n\(text)".utf8) }

    init?(bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
        let line = String(decoding: bytes[..<end], as: UTF8.self)
        guard line.hasPrefix(Self.greeting), let code = Int32(line.dropFirst(Self.greeting.count)) else { return nil }
        self.code = code
        text = String(decoding: bytes[(end + 1)...], as: UTF8.self)
    }
}
