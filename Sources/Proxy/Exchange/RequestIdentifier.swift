/// Names of requests: a part drawn once per event loop, and a count. Unique, cheap, and nothing can be learnt
/// from one about another program's.
struct RequestIdentifier {
    private let prefix: [UInt8]
    private var count: UInt32 = 0
    /// Of the count.
    private static let digits = 8

    init() {
        var generator = SystemRandomNumberGenerator()
        let drawn = generator.next()
        prefix = Self.hexadecimal(drawn, digits: 10)
    }

    mutating func next(into identifier: inout [UInt8]) {
        count &+= 1
        // Over the one that was there, nearly always: emptying and filling an array takes twice as long.
        let length = prefix.count &+ Self.digits
        if identifier.count != length { identifier = [UInt8](repeating: 0, count: length) }
        for index in prefix.indices { identifier[index] = prefix[index] }
        var rest = count
        for index in (prefix.count..<length).reversed() {
            identifier[index] = Self.digit(UInt8(truncatingIfNeeded: rest) & 15)
            rest >>= 4
        }
    }

    private static func hexadecimal(_ number: UInt64, digits: Int) -> [UInt8] {
        (0..<digits).map { digit(UInt8(truncatingIfNeeded: number >> UInt64(4 * $0)) & 15) }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
