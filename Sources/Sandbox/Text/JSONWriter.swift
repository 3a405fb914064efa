/// Writes JSON without recursion, so that no depth of a client's own document can exhaust the stack.
package struct JSONWriter {
    private enum Step {
        case value(JSONValue)
        case name(String)
        case token(UInt8)
    }

    package static func write(_ value: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return bytes
    }

    package static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
        var steps: [Step] = [.value(value)]
        while let step = steps.popLast() {
            switch step {
            case .token(let byte): bytes.append(byte)
            case .name(let name):
                append(name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
            case .value(.null): bytes += "null".utf8
            case .value(.bool(let truth)): bytes += (truth ? "true" : "false").utf8
            case .value(.integer(let number)): bytes += String(number).utf8
            case .value(.number(let number)): bytes += (number.isFinite ? String(number) : "null").utf8
            case .value(.text(let text)): append(text, to: &bytes)
            case .value(.array(let elements)):
                bytes.append(UInt8(ascii: "["))
                steps.append(.token(UInt8(ascii: "]")))
                for (index, element) in elements.enumerated().reversed() {
                    steps.append(.value(element))
                    if index > 0 { steps.append(.token(UInt8(ascii: ","))) }
                }
            case .value(.object(let members)):
                bytes.append(UInt8(ascii: "{"))
                steps.append(.token(UInt8(ascii: "}")))
                for (index, member) in members.enumerated().reversed() {
                    steps.append(.value(member.value))
                    steps.append(.name(member.name))
                    if index > 0 { steps.append(.token(UInt8(ascii: ","))) }
                }
            }
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes += "\\n".utf8
            case 0x00..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes += "\\u00".utf8
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
