/// A column's name and the type a schema tells of it.
package struct Column: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case number
        case string
        case boolean
        case geometry
    }

    package var name: String
    package var kind: Kind

    var json: JSONValue { ["name": .text(name), "type": .text(kind.rawValue)] }
}
