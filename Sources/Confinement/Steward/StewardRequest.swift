/// What the process that serves asks its steward to do.
///
/// One message of a socket that keeps messages apart: one byte for the kind, then texts, each after its length in two
/// bytes, most significant first.
package enum StewardRequest: Equatable, Sendable {
    /// Know that this is named. Only before ``seal``.
    case name(StewardName)
    /// Believe no further names from here on.
    case seal
    /// Read the configuration again, from where it was read at the start, and know from then on what it names too.
    case learn
    /// Open for reading a file that is named.
    case open(path: String)
    /// Open the file of clients' keys, if it is named.
    case openKeys(path: String)
    /// Open a log that is named for appending, and make it where it is missing.
    case openLog(path: String)
    /// Run a command that is named for its output.
    case run(arguments: [String])
    /// Listen on an address that is named, with these rights to the file of a Unix-domain socket.
    case listen(StewardName.Listener)
    /// Begin to connect to a numeric address, on a port that is named.
    case connect(address: String, port: UInt16)
    /// Keep the socket that comes with it, for the successor, under that name.
    case hand(name: String)
    /// Start the program once more, with the sockets kept.
    case succeed
    /// End the successor: told to end, or at once.
    case endSuccessor(isForced: Bool)

    /// In bytes: a command's arguments may be long.
    package static let limit = 64 << 10
    private static let mostTexts = 1024

    /// Whether it takes its time, so that others must not wait behind it.
    var isSlow: Bool {
        switch self {
        case .learn, .run: true
        default: false
        }
    }

    private enum Kind: UInt8 {
        case name = 1
        case seal, learn, open, openKeys, openLog, run, listen, connect, hand, succeed, endSuccessor
    }

    /// Nil where it is longer than the limit.
    package var encoded: [UInt8]? {
        let (kind, texts): (Kind, [String]) =
            switch self {
            case .name(let name): (.name, name.texts)
            case .seal: (.seal, [])
            case .learn: (.learn, [])
            case .open(let path): (.open, [path])
            case .openKeys(let path): (.openKeys, [path])
            case .openLog(let path): (.openLog, [path])
            case .run(let arguments): (.run, arguments)
            case .listen(let listener): (.listen, StewardName.listener(listener).texts)
            case .connect(let address, let port): (.connect, [address, String(port)])
            case .hand(let name): (.hand, [name])
            case .succeed: (.succeed, [])
            case .endSuccessor(let isForced): (.endSuccessor, isForced ? ["now"] : [])
            }
        guard texts.count <= Self.mostTexts else { return nil }
        var bytes = [kind.rawValue]
        for text in texts {
            let content = Array(text.utf8)
            guard content.count <= Int(UInt16.max) else { return nil }
            bytes.append(UInt8(content.count >> 8))
            bytes.append(UInt8(content.count & 0xFF))
            bytes += content
        }
        return bytes.count <= Self.limit ? bytes : nil
    }

    /// Nil for whatever is none: who sends it may have been taken over.
    package init?(decoding bytes: [UInt8]) {
        guard bytes.count <= Self.limit, let kind = bytes.first.flatMap(Kind.init),
            let texts = Self.texts(bytes.dropFirst()), let request = Self(kind, texts)
        else { return nil }
        self = request
    }

    private init?(_ kind: Kind, _ texts: [String]) {
        switch (kind, texts.count) {
        case (.name, 1...):
            guard let name = StewardName(texts: texts) else { return nil }
            self = .name(name)
        case (.seal, 0): self = .seal
        case (.learn, 0): self = .learn
        case (.open, 1): self = .open(path: texts[0])
        case (.openKeys, 1): self = .openKeys(path: texts[0])
        case (.openLog, 1): self = .openLog(path: texts[0])
        case (.run, 1...): self = .run(arguments: texts)
        case (.listen, 5):
            guard case .listener(let listener)? = StewardName(texts: texts) else { return nil }
            self = .listen(listener)
        case (.connect, 2):
            guard let port = UInt16(texts[1]), String(port) == texts[1] else { return nil }
            self = .connect(address: texts[0], port: port)
        case (.hand, 1): self = .hand(name: texts[0])
        case (.succeed, 0): self = .succeed
        case (.endSuccessor, 0): self = .endSuccessor(isForced: false)
        case (.endSuccessor, 1):
            guard texts[0] == "now" else { return nil }
            self = .endSuccessor(isForced: true)
        default: return nil
        }
    }

    private static func texts(_ bytes: ArraySlice<UInt8>) -> [String]? {
        var rest = bytes
        var texts: [String] = []
        while let high = rest.popFirst() {
            guard texts.count < mostTexts, let low = rest.popFirst() else { return nil }
            let count = Int(high) << 8 | Int(low)
            let content = rest.prefix(count)
            // What is no UTF-8 would come to mean another name; a NUL would end it for the system.
            guard content.count == count, !content.contains(0), let text = String(validating: content, as: UTF8.self)
            else { return nil }
            texts.append(text)
            rest = rest.dropFirst(count)
        }
        return texts
    }
}
