import Wire

/// Decides, before anything else is done with a request, whether it may be here at all.
///
/// A port that adds a credential to whatever arrives must know who calls. Programs of this machine may;
/// web pages may if their origin is listed; a page that hides where it comes from may not. In two steps,
/// because the last rule depends on the route:
/// 1. ``admit(_:at:)``: the host it is addressed to is served (defeats DNS rebinding); its Origin, if it
///    has one, is its own or a listed one; without one, Fetch Metadata does not speak of another page.
/// 2. ``decide(_:for:of:)``: on routes that only an OAuth token opens, the page's origin is one the user
///    listed; preflights are answered.
///
/// Requests that are admitted are admitted without an allocation.
package struct AdmissionRules: Sendable {
    let servedNames: [ServedName]
    let publicOrigin: OriginPattern?
    let origins: [OriginPattern]
    let oauthOrigins: [OriginPattern]

    /// - Parameters:
    ///   - servedNames: beside the loopback names, which are served with any port, so that forwarded
    ///     ports (containers, ssh) work.
    ///   - publicOrigin: of `public_url`; its name is served, and its pages count as our own.
    ///   - origins: whose pages may use routes that an API Access Token could serve.
    ///   - oauthOrigins: whose pages may use all routes: those the user listed.
    package init(
        servedNames: [ServedName] = [], publicOrigin: OriginPattern? = nil,
        origins: [OriginPattern] = OriginPattern.loopback, oauthOrigins: [OriginPattern] = []
    ) {
        self.servedNames = servedNames + (publicOrigin.map { [ServedName.of($0)] } ?? [])
        self.publicOrigin = publicOrigin
        self.origins = origins
        self.oauthOrigins = oauthOrigins
    }

    /// The first step: host, origin, Fetch Metadata.
    package func admit(_ head: borrowing RequestHead, at listener: Listener) -> Admission {
        do throws(Refusal) {
            let (slice, own) = try address(of: head, at: listener)
            guard let fields = BrowserFields(head) else {
                return .admitted(Visitor(kind: .program, authority: slice, origin: nil, question: nil))
            }
            return .admitted(try visitor(fields, head, own: own, authority: slice))
        } catch {
            return .refused(error)
        }
    }

    /// The second step: what the route demands of pages, and the answer to a preflight.
    /// The visitor is the one the first step found in this head.
    package func decide(_ visitor: Visitor, for reach: RouteReach, of head: borrowing RequestHead) -> Decision {
        switch visitor.kind {
        case .program: return .admitted(cors: nil)
        case .ownPage(let trust), .otherPage(let trust):
            if trust == .tokenRoutes, reach == .oauthOnly {
                return .refused(notListed(visitor, head.storage.span))
            }
        }
        guard let origin = visitor.origin else { return .admitted(cors: nil) }
        let grant = CORSGrant(origin: origin)
        guard let question = visitor.question else { return .admitted(cors: grant) }
        return .preflight(PreflightAnswer(grant: grant, question: question))
    }

    private func notListed(_ visitor: Visitor, _ bytes: Span<UInt8>) -> Refusal {
        guard let origin = visitor.origin else { return Refusal(.originNotListed) }
        return Refusal(.originNotListed, hint: RefusalHint.origin(bytes.extracting(origin.range)))
    }
}
