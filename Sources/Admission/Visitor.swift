import Wire

/// Who sends an admitted request, as far as its fields tell.
package struct Visitor: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// No web page: a program, or a person typing an address.
        case program
        /// A page loaded through the proxy itself.
        case ownPage(Trust)
        /// A page of a listed origin.
        case otherPage(Trust)
    }

    /// How far the list of origins lets a page go.
    package enum Trust: Equatable, Sendable {
        /// To routes that an API Access Token could serve, and public ones.
        case tokenRoutes
        /// To all routes.
        case allRoutes
    }

    package let kind: Kind
    /// The host and port the request was addressed to: served, so it may stand in the URLs of answers.
    package let authority: ByteSlice
    /// The value of `Origin`; `nil` without one.
    package let origin: ByteSlice?
    /// Set when this is a browser asking for permission; it is answered here and never forwarded.
    package let question: PreflightQuestion?

    /// The method to find the route by: a preflight is about the one it asks for.
    package func methodToRoute(_ method: Method) -> Method { question?.method ?? method }
}

/// What a CORS preflight asks (Fetch Standard §4.8). Its fields have been checked.
package struct PreflightQuestion: Equatable, Sendable {
    package let method: Method
    /// The value of `Access-Control-Request-Headers`: valid field names, none of them forbidden.
    package let fieldNames: ByteSlice?
    package let asksForPrivateNetwork: Bool
    package let asksForLocalNetwork: Bool
}
