/// Names of requests: a part drawn once per event loop, and a count. Unique, cheap, and nothing can be learnt
/// from one about another program's.
struct RequestIdentifier {
    private let prefix: [UInt8]
    private var count: UInt32 = 0

    init() {
        var generator = SystemRandomNumberGenerator()
        let drawn = generator.next()
        prefix = Self.hexadecimal(drawn, digits: 10)
    }

    mutating func next(into identifier: inout [UInt8]) {
        count &+= 1
        identifier.removeAll(keepingCapacity: true)
        identifier.append(contentsOf: prefix)
        var shift: UInt32 = 32
        while shift > 0 {
            shift -= 4
            identifier.append(Self.digit(UInt8(truncatingIfNeeded: count >> shift) & 15))
        }
    }

    private static func hexadecimal(_ number: UInt64, digits: Int) -> [UInt8] {
        (0..<digits).map { digit(UInt8(truncatingIfNeeded: number >> UInt64(4 * $0)) & 15) }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
