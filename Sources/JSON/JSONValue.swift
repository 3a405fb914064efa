/// A JSON document of our own making: the output of commands, and files that are read back.
package enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    case number(Int)
    case string(String)
    case array([JSONValue])
    /// In the order written.
    case object([Member])

    package struct Member: Equatable, Sendable {
        package let name: String
        package let value: JSONValue

        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    package static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(members.map { Member(name: $0.key, value: $0.value) })
    }

    package static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    package static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// Indented by two spaces a level, with a line feed at the end. The depth is that of our own code.
    package var text: String {
        var output: [UInt8] = []
        append(to: &output, level: 0)
        output.append(0x0A)
        return String(decoding: output, as: UTF8.self)
    }

    private func append(to output: inout [UInt8], level: Int) {
        switch self {
        case .null: output += "null".utf8
        case .boolean(let value): output += (value ? "true" : "false").utf8
        case .number(let value): output += String(value).utf8
        case .string(let text): JSONText.append(text, to: &output)
        case .array(let elements):
            Self.append(elements, between: "[", "]", level: level, to: &output) { element, output in
                element.append(to: &output, level: level + 1)
            }
        case .object(let members):
            Self.append(members, between: "{", "}", level: level, to: &output) { member, output in
                JSONText.append(member.name, to: &output)
                output += ": ".utf8
                member.value.append(to: &output, level: level + 1)
            }
        }
    }

    private static func append<Element>(
        _ elements: [Element], between open: String, _ close: String, level: Int, to output: inout [UInt8],
        each: (Element, inout [UInt8]) -> Void
    ) {
        output += open.utf8
        for (index, element) in elements.enumerated() {
            output += (index == 0 ? "\n" : ",\n").utf8
            output += String(repeating: "  ", count: level + 1).utf8
            each(element, &output)
        }
        if !elements.isEmpty {
            output.append(0x0A)
            output += String(repeating: "  ", count: level).utf8
        }
        output += close.utf8
    }
}
