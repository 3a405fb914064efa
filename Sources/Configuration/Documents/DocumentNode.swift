/// A value of a configuration document with its place. Every scalar is text: what it means is decided by the
/// key it stands under, so `off` is no boolean where a name is wanted and `1e3` no number.
package struct DocumentNode: Equatable, Sendable {
    package indirect enum Content: Equatable, Sendable {
        case text(String)
        /// Nothing at all after the colon, or `~` or `null` without quotes.
        case nothing
        case list([DocumentNode])
        case mapping([Entry])
    }

    package struct Entry: Equatable, Sendable {
        package let key: String
        package let place: Place
        package let value: DocumentNode
    }

    package let content: Content
    package let place: Place

    /// What it is called where something else was wanted.
    package var kindName: String {
        switch content {
        case .text: "a text"
        case .nothing: "nothing"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}
