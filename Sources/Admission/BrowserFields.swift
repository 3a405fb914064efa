import Wire

/// The fields by which a browser says who asks: where they are in a head, each at most once.
struct BrowserFields {
    /// How often a field occurs, and where.
    enum Occurrence: Equatable {
        case absent
        case once(ByteSlice)
        case repeated

        mutating func add(_ value: ByteSlice) {
            switch self {
            case .absent: self = .once(value)
            case .once, .repeated: self = .repeated
            }
        }
    }

    var origin = Occurrence.absent
    var site = Occurrence.absent
    var mode = Occurrence.absent
    var contentType = Occurrence.absent
    var requestMethod = Occurrence.absent
    var requestFields = Occurrence.absent
    var privateNetwork = Occurrence.absent
    var localNetwork = Occurrence.absent

    private static let names: FieldNameSet = [.origin, .secFetchSite, .secFetchMode]

    /// `nil` for a head with none of them, as programs send.
    init?(_ head: borrowing RequestHead) {
        guard !head.present.isDisjoint(with: Self.names) else { return nil }
        for index in head.lines.indices {
            let value = head.lines[index].value
            switch head.lines[index].known {
            case .origin: origin.add(value)
            case .secFetchSite: site.add(value)
            case .secFetchMode: mode.add(value)
            case .contentType: contentType.add(value)
            case .accessControlRequestMethod: requestMethod.add(value)
            case .accessControlRequestHeaders: requestFields.add(value)
            case .accessControlRequestPrivateNetwork: privateNetwork.add(value)
            case .accessControlRequestLocalNetwork: localNetwork.add(value)
            // The registry of names is Wire's; most of it is not this module's business.
            default: break
            }
        }
    }

    /// Fields other than Origin, whose repetition no browser is capable of.
    var isAnyRepeated: Bool {
        site == .repeated || mode == .repeated || requestMethod == .repeated || requestFields == .repeated
            || privateNetwork == .repeated || localNetwork == .repeated
    }
}
