/// The host of a URL or of a `Host` field: an address, or a DNS name in lower case.
///
/// A name whose last label is a number is refused: resolvers read such names as addresses in spellings
/// (octal, hexadecimal, shortened) that would slip past every comparison.
package enum HostName: Hashable, Sendable {
    case name(String)
    case address(InternetAddress)

    /// `localhost` or a loopback address; names below `localhost` depend on the resolver and are not.
    package var isLoopback: Bool {
        switch self {
        case .name(let name): name == "localhost"
        case .address(let address): address.isLoopback
        }
    }

    package var isAddress: Bool {
        switch self {
        case .name: false
        case .address: true
        }
    }

    /// Reads ``bare`` again.
    package init?(bare text: String) {
        if let address = InternetAddress(text.utf8) {
            self = .address(address)
        } else {
            guard let name = try? HostName(text.utf8) else { return nil }
            self = name
        }
    }

    /// Reads the host as it stands in a URL: IPv6 in brackets.
    package init(_ text: some Collection<UInt8>) throws(ValueProblem) {
        let bytes = Array(text)
        if bytes.first == 0x5B {
            guard bytes.last == 0x5D, let address = InternetAddress(bytes.dropFirst().dropLast()),
                case .v6 = address
            else { throw ValueProblem("has brackets that hold no IPv6 address") }
            self = .address(address)
        } else if bytes.contains(0x3A) {
            throw ValueProblem("has an IPv6 address without brackets", suggestion: "write it as [::1]")
        } else if let address = InternetAddress(bytes) {
            self = .address(address)
        } else {
            self = .name(try Self.checkedName(bytes))
        }
    }

    private static func checkedName(_ bytes: [UInt8]) throws(ValueProblem) -> String {
        guard !bytes.isEmpty else { throw ValueProblem("has no host") }
        guard bytes.allSatisfy({ $0 < 0x80 }) else {
            throw ValueProblem(
                "has a host with characters outside ASCII", suggestion: "write the name in its xn-- form")
        }
        guard bytes.last != 0x2E else { throw ValueProblem("has a host that ends in a dot") }
        // RFC 1035 §2.3.4; underscores are allowed for the names of containers and services.
        guard bytes.count <= 253 else { throw ValueProblem("has a host longer than 253 characters") }
        let labels = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
        for label in labels {
            guard !label.isEmpty, label.count <= 63, label.first != 0x2D, label.last != 0x2D,
                label.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F })
            else { throw ValueProblem("has a host that is no DNS name") }
        }
        if let last = labels.last, looksLikeNumber(last) {
            throw ValueProblem("has a host that ends in a number and is no IPv4 address of four decimal parts")
        }
        return String(decoding: bytes.map(ASCII.lowercased), as: UTF8.self)
    }

    private static func looksLikeNumber(_ label: ArraySlice<UInt8>) -> Bool {
        if label.allSatisfy(ASCII.isDigit) { return true }
        guard label.count >= 2, label.first == 0x30, label[label.startIndex + 1] | 0x20 == 0x78 else { return false }
        return label.dropFirst(2).allSatisfy { ASCII.hexadecimalValue($0) != nil }
    }
}

extension HostName: CustomStringConvertible {
    /// As it stands in a URL: IPv6 in brackets.
    package var description: String {
        switch self {
        case .name(let name): name
        case .address(let address):
            switch address {
            case .v4: address.description
            case .v6: "[\(address)]"
            }
        }
    }

    /// As resolvers and socket calls want it: without brackets.
    package var bare: String {
        switch self {
        case .name(let name): name
        case .address(let address): address.description
        }
    }
}
