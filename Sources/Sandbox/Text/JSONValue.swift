/// A JSON value (RFC 8259). Objects keep the order of their members.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case array([JSONValue])
    case object([JSONMember])

    /// The member of this name, compared byte for byte; the last one when a name comes twice.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    package var asText: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    package var asNumber: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        case .null, .bool, .text, .array, .object: nil
        }
    }

    package var asArray: [JSONValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }
}

package struct JSONMember: Sendable, Equatable {
    package var name: String
    package var value: JSONValue

    package init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { JSONMember(name: $0.0, value: $0.1) })
    }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue {
    init(_ count: Int) { self = .integer(Int64(clamping: count)) }

    /// Whole where the number is.
    init(shortest number: Double) { self = Int64(exactly: number).map(JSONValue.integer) ?? .number(number) }

    /// The value with `members` put behind an object's own; anything else as it is.
    func adding(_ members: [JSONMember]) -> JSONValue {
        guard case .object(let own) = self else { return self }
        return .object(own + members)
    }

    /// The object with each member of `changes` in the place of its own of that name.
    func merging(_ changes: JSONValue, only names: [String]) -> JSONValue {
        guard case .object(var own) = self else { return self }
        for name in names {
            guard let value = changes[name] else { continue }
            if let index = own.firstIndex(where: { $0.name == name }) {
                own[index].value = value
            } else {
                own.append(JSONMember(name: name, value: value))
            }
        }
        return .object(own)
    }
}
