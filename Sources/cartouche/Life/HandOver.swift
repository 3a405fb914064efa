/// How a process of ours hands its sockets to the one that takes its place: as the service manager would
/// (sd_listen_fds(3)), but for `LISTEN_PID`, which cannot be known before the process is there.
enum HandOver {
    /// The process that hands over.
    static let parentVariable = "LISTEN_PARENT"
    /// The descriptor where the one word is waited for.
    static let reportVariable = "LISTEN_READY_FD"
    static let ready = "ready\n"

    static let variables = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", parentVariable, reportVariable]

    /// Whether it is our parent that speaks, and not somebody who was started by it long ago.
    static func isForUs(_ environment: [String: String]) -> Bool {
        environment[parentVariable] == String(ProcessSetup.parentNumber)
    }

    /// A name for `LISTEN_FDNAMES`, in which colons separate.
    static func encode(_ address: String, isShared: Bool) -> String {
        var name = isShared ? "shared/" : "own/"
        for byte in address.utf8 {
            switch byte {
            case UInt8(ascii: ":"), UInt8(ascii: "%"), 0...0x20, 0x7F...: name += "%" + hexadecimal(byte)
            default: name.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return name
    }

    static func decode(_ name: String) -> (address: String, isShared: Bool)? {
        let isShared = name.hasPrefix("shared/")
        guard isShared || name.hasPrefix("own/"), let slash = name.firstIndex(of: "/") else { return nil }
        var bytes: [UInt8] = []
        var rest = name[name.index(after: slash)...].utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return (String(decoding: bytes, as: UTF8.self), isShared)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }
}
