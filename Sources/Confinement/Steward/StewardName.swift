/// Something that the configuration names, and that the steward therefore does for whoever serves.
package enum StewardName: Hashable, Sendable {
    /// To be opened for reading.
    case file(path: String)
    /// The file of clients' keys, to be opened for reading under its own rules.
    case keys(path: String)
    /// To be made where it is missing, and appended to.
    case log(path: String)
    /// To be run for its output.
    case command(arguments: [String])
    case listener(Listener)
    /// A TCP port of an upstream.
    case port(UInt16)

    package struct Listener: Hashable, Sendable {
        /// `127.0.0.1:22786`, `[::1]:22786`, `unix:/run/x`.
        package let address: String
        /// Of the file of a Unix-domain socket.
        package let mode: UInt16
        package let owner: UInt32?
        package let group: UInt32?

        package init(address: String, mode: UInt16, owner: UInt32?, group: UInt32?) {
            self.address = address
            self.mode = mode
            self.owner = owner
            self.group = group
        }
    }

    // MARK: As texts, the first of which says which kind it is

    private enum Kind: String {
        case file, keys, log, command, listener, port
    }

    var texts: [String] {
        func texts(_ kind: Kind, _ rest: [String]) -> [String] { [kind.rawValue] + rest }
        return switch self {
        case .file(let path): texts(.file, [path])
        case .keys(let path): texts(.keys, [path])
        case .log(let path): texts(.log, [path])
        case .command(let arguments): texts(.command, arguments)
        case .listener(let listener):
            texts(
                .listener,
                [
                    listener.address, String(listener.mode), listener.owner.map(String.init) ?? "",
                    listener.group.map(String.init) ?? "",
                ])
        case .port(let port): texts(.port, [String(port)])
        }
    }

    /// Nil for whatever is none.
    init?(texts: [String]) {
        guard let kind = texts.first.flatMap(Kind.init) else { return nil }
        let rest = texts.dropFirst()
        switch (kind, rest.count) {
        case (.file, 1): self = .file(path: texts[1])
        case (.keys, 1): self = .keys(path: texts[1])
        case (.log, 1): self = .log(path: texts[1])
        case (.command, 1...): self = .command(arguments: Array(rest))
        case (.listener, 4):
            guard let mode = UInt16(texts[2]), let owner = Self.account(texts[3]), let group = Self.account(texts[4])
            else { return nil }
            self = .listener(Listener(address: texts[1], mode: mode, owner: owner, group: group))
        case (.port, 1):
            guard let port = UInt16(texts[1]) else { return nil }
            self = .port(port)
        default: return nil
        }
        // One thing has one form.
        guard self.texts == texts else { return nil }
    }

    private static func account(_ text: String) -> UInt32?? { text.isEmpty ? .some(nil) : UInt32(text).map(Optional.some) }
}
