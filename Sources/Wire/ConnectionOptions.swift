/// What `Connection` says about one message (RFC 9110 §7.6.1, RFC 9112 §9.3).
package struct ConnectionOptions: Equatable, Sendable {
    /// Whether the sender is willing to go on after this message.
    package let keepAlive: Bool
    package let close: Bool
    package let upgrade: Bool
    /// The listed fields the options name.
    package let nominated: FieldNameSet
    /// Whether there is an option that names no known field.
    package let hasUnlisted: Bool

    package static func of(_ head: borrowing RequestHead) throws(WireError) -> ConnectionOptions {
        try ConnectionOptions(head.storage, head.lines, head.present, minorVersion: head.minorVersion)
    }

    package static func of(_ head: borrowing ResponseHead) throws(WireError) -> ConnectionOptions {
        try ConnectionOptions(head.storage, head.lines, head.present, minorVersion: head.minorVersion)
    }

    /// Of a message without the field: nothing is nominated.
    package static let none = ConnectionOptions()

    private init() {
        keepAlive = true
        close = false
        upgrade = false
        nominated = FieldNameSet()
        hasUnlisted = false
    }

    private init(
        _ storage: borrowing [UInt8], _ lines: borrowing [FieldLine], _ present: FieldNameSet, minorVersion: UInt8
    ) throws(WireError) {
        var close = false
        var persist = false
        var upgrade = false
        var nominated = FieldNameSet()
        var hasUnlisted = false
        if present.contains(.connection) {
            let bytes = storage.span
            for index in lines.indices where lines[index].known == .connection {
                var members = ListMembers(lines[index].value.range)
                while let member = members.next(in: bytes) {
                    let option = bytes.extracting(member)
                    guard Token.isValid(option) else { throw .invalidConnectionOption }
                    if ByteComparison.equalIgnoringCase(option, "close") {
                        close = true
                        continue
                    }
                    let name = FieldName(option)
                    if name.isListed { nominated.insert(name) }
                    persist = persist || name == .keepAlive
                    upgrade = upgrade || name == .upgrade
                    // Of a family only its prefix is known, so its names are compared in full.
                    hasUnlisted = hasUnlisted || !name.isListed
                }
            }
        }
        self.close = close
        self.upgrade = upgrade
        self.nominated = nominated
        self.hasUnlisted = hasUnlisted
        // RFC 9112 §9.3: close wins; HTTP/1.1 persists by default, HTTP/1.0 only by request.
        keepAlive = !close && (minorVersion >= 1 || persist)
    }

    /// Whether the options name that field. For unlisted ones ask about the line.
    package func nominates(_ name: FieldName) -> Bool {
        nominated.contains(name)
    }

    /// Whether the options name the field of that line, which is then of this connection only.
    package func nominates(_ line: FieldLine, in head: some FieldSection) -> Bool {
        guard !line.known.isListed else { return nominated.contains(line.known) }
        guard hasUnlisted else { return false }
        let storage = head.storage
        let bytes = storage.span
        let name = bytes.extracting(line.name.range)
        for other in head.lines where other.known == .connection {
            var members = ListMembers(other.value.range)
            while let member = members.next(in: bytes) {
                if ByteComparison.equalIgnoringCase(bytes.extracting(member), name) { return true }
            }
        }
        return false
    }
}
