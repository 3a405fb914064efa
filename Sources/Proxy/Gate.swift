import Credentials
import Policy
import Upstream
import Wire

/// Decides about a request from its head, before anything is sent anywhere: admission, path, route, credential,
/// in this order. Pure: values in, a verdict out.
struct Gate {
    enum Verdict {
        case forward
        /// A browser's question, answered here (RFC 9110 says nothing of it; the Fetch standard does).
        case preflight
        case refused(Failure)
    }

    let via: [UInt8]
    private let table: RouteTable
    let admission: AdmissionRules
    private let book: CredentialBook
    private let bases: [UpstreamName: ProxySettings.Base]
    private let referer: [UInt8]
    /// By route: the credential it names itself.
    private let named: [Int?]

    init(settings: ProxySettings) {
        table = settings.routes
        admission = AdmissionRules()
        book = settings.book
        bases = settings.bases
        referer = settings.referer
        via = settings.via
        let book = settings.book
        // A name the book does not know makes the route unusable, not open: no entry has this index.
        named = settings.routes.routes.map { route in route.credential.map { book.index(named: $0) ?? -1 } }
    }

    func route(_ index: Int) -> Route { table.routes[index] }

    func decide(_ head: borrowing RequestHead, listener: Int, into request: inout RequestFacts) -> Verdict {
        do throws(Refused) {
            return try judge(head, listener: listener, into: &request)
        } catch {
            return .refused(.of(error.cause))
        }
    }

    struct Refused: Error { let cause: Cause }

    private func judge(
        _ head: borrowing RequestHead, listener: Int, into request: inout RequestFacts
    ) throws(Refused) -> Verdict {
        let options: ConnectionOptions
        do throws(WireError) {
            options = try ConnectionOptions.of(head)
        } catch {
            throw Refused(cause: .malformedRequest(error))
        }
        request.keepsAlive = options.keepAlive
        request.connectionOptions = options
        switch head.method {
        case .trace, .connect, .other: throw Refused(cause: .methodNeverServed)
        case .get, .head, .post, .put, .patch, .delete, .options: break
        }
        try admit(head, into: &request)
        try checkExpectation(head, into: &request)
        let bytes = head.storage.span
        let path = try canonicalPath(head)
        request.path = path
        let route = try match(head, bytes.extracting(path.range))
        request.route = route.id
        if let preflight = try admit(head, for: route, into: &request) {
            request.preflight = preflight
            return .preflight
        }
        try checkAccess(route, head.method)
        guard bases[route.upstream] != nil else { throw Refused(cause: .upstreamNotConfigured(route.upstream)) }
        request.upstream = route.upstream
        request.isSafe = route.isSafe
        request.answerTimeout = route.answerTimeoutSeconds.map { Int64($0) &* 1_000_000_000 }
        request.isForm = Self.isForm(head)
        try chooseCredential(route, bytes.extracting(path.range), listener: listener, into: &request)
        return .forward
    }

    // MARK: Steps

    /// RFC 9110 §10.1.1: what is not understood is answered with 417.
    private func checkExpectation(_ head: borrowing RequestHead, into request: inout RequestFacts) throws(Refused) {
        request.expectsContinue = false
        guard head.present.contains(.expect) else { return }
        let bytes = head.storage.span
        for index in head.lines.indices where head.lines[index].known == .expect {
            let value = bytes.extracting(head.lines[index].value.range)
            guard ByteComparison.equalIgnoringCase(value, "100-continue") else {
                throw Refused(cause: .expectationUnknown)
            }
            // An HTTP/1.0 client cannot mean it (RFC 9110 §10.1.1).
            request.expectsContinue = head.minorVersion > 0
        }
    }

    /// The path that policy judges and that is sent: the same bytes.
    private func canonicalPath(_ head: borrowing RequestHead) throws(Refused) -> ByteSlice {
        let path = head.target.path
        do throws(PathError) {
            try CanonicalPath.check(head.storage.span.extracting(path.range))
        } catch {
            throw Refused(cause: .pathNotCanonical(error))
        }
        return path
    }

    private func match(_ head: borrowing RequestHead, _ path: Span<UInt8>) throws(Refused) -> Route {
        var method = head.method
        if method == .options, let asked = askedMethod(head) { method = asked }
        switch table.match(method: method, path: path) {
        case .matched(let index): return table.routes[index]
        case .methodNotAllowed(let allowed): throw Refused(cause: .methodNotAllowed(allowed))
        case .unknown: throw Refused(cause: .routeUnknown(suggestion: nil))
        }
    }

    /// For a preflight, the method the browser asks about.
    private func askedMethod(_ head: borrowing RequestHead) -> Method? {
        guard let value = head.firstValue(of: .accessControlRequestMethod) else { return nil }
        return Method(head.storage.span.extracting(value.range))
    }

    private func checkAccess(_ route: Route, _ method: Method) throws(Refused) {
        switch route.access {
        case .allow: break
        case .deny(let because):
            throw Refused(cause: .routeDenied(because: because, line: route.lineThatAllows(method)))
        }
    }

    private func chooseCredential(
        _ route: Route, _ path: Span<UInt8>, listener: Int, into request: inout RequestFacts
    ) throws(Refused) {
        let demand: TokenDemand =
            switch route.token {
            case .any: .any
            case .oauth: .oauth
            case .none: .none
            }
        let choice = book.choose(
            demand, named: named[route.id], listener: listener, route: route.id, connection: path.extracting(0..<0),
            path: path)
        switch choice {
        case .none: request.credential = nil
        case .use(let index): request.credential = index
        case .refused(let refusal): throw Refused(cause: .credential(refusal))
        }
    }

    private static func isForm(_ head: borrowing RequestHead) -> Bool {
        guard let value = head.firstValue(of: .contentType) else { return false }
        let type: StaticString = "application/x-www-form-urlencoded"
        let bytes = head.storage.span.extracting(value.range)
        guard bytes.count >= type.utf8CodeUnitCount else { return false }
        return ByteComparison.equalIgnoringCase(bytes.extracting(0..<type.utf8CodeUnitCount), type)
    }

    // MARK: What goes upstream, and what comes back

    func compose(
        _ head: borrowing RequestHead, request: RequestFacts, framing: RequestComposer.Framing,
        into prepared: inout PreparedRequest
    ) {
        guard let base = bases[request.upstream] else { return }
        let plan = RequestComposer.Plan(
            authority: base.endpoint.authority, basePath: base.path, framing: framing,
            acceptEncoding: request.isRewritten ? .readable : .clients, keepsConditions: !request.isRewritten,
            expectsContinue: request.expectsContinue && framing != .none, referer: referer, via: via)
        RequestComposer.compose(
            head, path: request.path, options: request.connectionOptions, plan: plan, into: &prepared)
    }
}
