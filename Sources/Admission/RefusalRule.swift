/// The rule a refused request broke. Texts are fixed: none repeats what was sent.
package enum RefusalRule: String, Equatable, Sendable, CaseIterable {
    case userNotAllowed = "user-not-allowed"
    case userUnknown = "user-unknown"
    case addressNotAllowed = "address-not-allowed"
    case hostMissing = "host-missing"
    case hostMalformed = "host-malformed"
    case hostNotServed = "host-not-served"
    case schemeNotServed = "scheme-not-served"
    case fieldRepeated = "field-repeated"
    case originRepeated = "origin-repeated"
    case originMalformed = "origin-malformed"
    case opaqueOrigin = "opaque-origin"
    case originNotAllowed = "origin-not-allowed"
    case originNotListed = "origin-not-listed"
    case crossSite = "cross-site"
    case crossSiteForm = "simple-request-csrf"
    case noCORSWrite = "no-cors-write"
    case corsMethodNotAllowed = "cors-method-not-allowed"
    case corsFieldNotAllowed = "cors-header-not-allowed"

    package var status: Int {
        switch self {
        case .hostMissing, .hostMalformed, .fieldRepeated: 400
        // RFC 9110 §15.5.20: this server does not answer for that authority.
        case .hostNotServed, .schemeNotServed: 421
        case .originRepeated, .originMalformed, .opaqueOrigin, .originNotAllowed, .originNotListed, .crossSite,
            .crossSiteForm, .noCORSWrite, .corsMethodNotAllowed, .corsFieldNotAllowed, .userNotAllowed, .userUnknown,
            .addressNotAllowed:
            403
        }
    }

    package var error: String {
        switch self {
        case .userNotAllowed: "this user of the machine may not connect here"
        case .userUnknown: "it cannot be told which user of the machine has connected"
        case .addressNotAllowed: "clients of this address may not connect here"
        case .hostMissing: "the request does not say which host it is for"
        case .hostMalformed: "the host of the request is malformed"
        case .hostNotServed: "the request is for a host that is not served here"
        case .schemeNotServed: "the request is for a scheme that is not served here"
        case .fieldRepeated: "a field that may occur once occurs several times"
        case .originRepeated: "the request names several origins"
        case .originMalformed: "the origin of the request is malformed"
        case .opaqueOrigin: "the request comes from a sandboxed page, a local file or a redirect"
        case .originNotAllowed: "pages of this origin are not allowed here"
        case .originNotListed: "pages of this origin are not allowed on routes that need an OAuth token"
        case .crossSite: "the request comes from a page of another origin that does not name itself"
        case .crossSiteForm: "the request is a form or plain text sent by a page of another origin"
        case .noCORSWrite: "the request is a write that its page could not read the answer of"
        case .corsMethodNotAllowed: "pages may not use this method"
        case .corsFieldNotAllowed: "pages may not send one of these fields"
        }
    }
}
