import Wire

/// `Sec-Fetch-Site` (Fetch Metadata §2.4).
enum FetchSite: Equatable {
    /// The field is missing: not a browser, or an old one.
    case unsaid
    /// The person did it: an address typed, a bookmark.
    case none
    case sameOrigin
    /// A page of another origin of this site, of another site, or a word not known: all strangers.
    case other

    init(_ field: BrowserFields.Occurrence, in bytes: Span<UInt8>) {
        switch field {
        case .absent: self = .unsaid
        case .repeated: self = .other
        case .once(let slice):
            let value = bytes.extracting(slice.range)
            if ByteComparison.equal(value, "none") {
                self = .none
            } else if ByteComparison.equal(value, "same-origin") {
                self = .sameOrigin
            } else {
                self = .other
            }
        }
    }
}
