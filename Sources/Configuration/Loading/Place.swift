/// Where a setting came from, or where a problem is to be mended.
package enum Place: Hashable, Sendable {
    /// Line and column count from 1; columns count Unicode scalars.
    case file(String, line: Int, column: Int)
    /// A file as a whole.
    case path(String)
    /// An environment variable, by its name.
    case variable(String)
    /// A command-line flag, by the key it sets.
    case flag(String)
    /// A key that was given nowhere.
    case key(String)

    /// How a key is written on the command line.
    package static func flagName(ofKey key: String) -> String {
        "--" + String(decoding: key.utf8.map { $0 == 0x5F ? 0x2D : $0 }, as: UTF8.self)
    }
}

extension Place: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let name, let line, let column): "\(name):\(line):\(column)"
        case .path(let path): path
        case .variable(let name): "$\(name)"
        case .flag(let key): Self.flagName(ofKey: key)
        case .key(let name): name
        }
    }
}
