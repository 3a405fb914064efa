/// What is done with the body of an answer whose URLs are to lead back to the proxy.
package enum RewritePlan: Equatable, Sendable {
    /// It is no JSON, or coded in a way that is not opened: it passes byte for byte.
    case untouched
    /// JSON as it is.
    case identity
    /// JSON under gzip: inflated, rewritten, deflated.
    case gzip

    package init(media: MediaKind, coding: ContentCoding) {
        switch (media, coding) {
        case (.json, .identity): self = .identity
        case (.json, .gzip): self = .gzip
        case (.json, .other), (.text, _), (.opaque, _): self = .untouched
        }
    }
}
