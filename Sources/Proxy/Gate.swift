import Admission
import ClientKeys
import Credentials
import Policy
import Rewriting
import Upstream
import Wire

/// Decides about a request from its head, before anything is sent anywhere: admission, path, route, credential,
/// in this order. Pure: values in, a verdict out.
///
/// A class for its speed alone: as a value of some twenty fields it was copied at each use, which was a sixth of all
/// reference counting of a request (84 retains and as many releases of 530).
final class Gate {
    enum Verdict {
        case forward
        /// A browser's question, answered here (RFC 9110 says nothing of it; the Fetch standard does).
        case preflight
        /// ``CartoInfo``, which is answered here as well.
        case cartoInfo
        case refused(Failure)
    }

    let via: [UInt8]
    private let table: RouteTable
    private let isReadOnly: Bool
    private let basePrefix: BasePrefix
    private let admission: AdmissionRules
    private let listeners: [ListenerKind]
    private let publicBase: [UInt8]?
    private let book: CredentialBook
    private let destinations: PerUpstream<RequestComposer.Destination>
    /// By upstream: what its own URLs begin with.
    let urls: [UpstreamName: UpstreamBases]
    /// By route.
    private let handling: [RouteHandling]
    private let templates: [String]

    init(settings: ProxySettings) {
        table = settings.routes
        isReadOnly = settings.isReadOnly
        basePrefix = BasePrefix(settings.bases[.api]?.path ?? [], routes: settings.routes.routes)
        admission = settings.admission
        listeners = settings.listeners
        publicBase = settings.publicBase
        book = settings.book
        destinations = PerUpstream(
            settings.bases.mapValues {
                .init(
                    authority: $0.endpoint.authority, basePath: $0.path, referer: settings.referer, via: settings.via)
            })
        via = settings.via
        urls = settings.bases.mapValues { UpstreamBases($0.urls) }
        templates = settings.routes.routes.map(\.template)
        handling = settings.routes.routes.map { route in
            RouteHandling(route, book: settings.book, isUpstreamConfigured: settings.bases[route.upstream] != nil)
        }
    }

    func route(_ index: Int) -> Route { table.routes[index] }

    /// The same as ``route(_:)``'s, without copying the rest of it, a dozen references.
    func template(ofRoute index: Int) -> String { templates[index] }

    /// - Parameter check: what is asked of the client.
    func decide(
        _ head: borrowing RequestHead, listener: Int, client check: ClientCheck = .none,
        into request: inout RequestFacts
    ) -> Verdict {
        do throws(Refused) {
            return try judge(head, listener: listener, client: check, into: &request)
        } catch {
            return .refused(.of(error.cause))
        }
    }

    struct Refused: Error { let cause: Cause }

    private func judge(
        _ head: borrowing RequestHead, listener: Int, client check: ClientCheck, into request: inout RequestFacts
    ) throws(Refused) -> Verdict {
        let options: ConnectionOptions
        do throws(WireError) {
            options = try ConnectionOptions.of(head)
        } catch {
            throw Refused(cause: .malformedRequest(error))
        }
        request.keepsAlive = options.keepAlive
        request.connectionOptions = options
        guard listeners.indices.contains(listener) else { throw Refused(cause: .internalInconsistency) }
        switch head.method {
        case .trace, .connect, .other: throw Refused(cause: .methodNeverServed)
        case .get, .head, .post, .put, .patch, .delete, .options: break
        }
        let visitor = try admit(head, listener: listener, into: &request)
        let caller = try identify(visitor, head, by: check, into: &request)
        try checkExpectation(head, into: &request)
        let bytes = head.storage.span
        let path = try canonicalPath(head)
        request.path = path
        if ByteComparison.equal(bytes.extracting(path.range), CartoInfo.path) {
            return try judgeCartoInfo(head, caller, into: &request)
        }
        let method = visitor.methodToRoute(head.method)
        let index = try match(method, bytes.extracting(path.range))
        let route = handling[index]
        request.route = index
        if try admit(caller, head, for: route.reach, into: &request) { return .preflight }
        try checkScope(caller, route, method, bytes.extracting(path.range))
        try checkAccess(route, head.method)
        try checkReading(caller, route, head, into: &request)
        guard route.isUpstreamConfigured else { throw Refused(cause: .upstreamNotConfigured(route.upstream)) }
        request.upstream = route.upstream
        request.isSafe = route.isSafe
        request.answerTimeout = route.answerTimeout
        request.isForm = Self.isForm(head)
        request.isRewritten = route.isRewritten
        try chooseCredential(route, bytes.extracting(path.range), listener: listener, into: &request)
        return .forward
    }

    // MARK: Steps

    /// Whether the request may be here at all: the name it is addressed to, and the page it comes from.
    private func admit(
        _ head: borrowing RequestHead, listener: Int, into request: inout RequestFacts
    ) throws(Refused) -> Visitor {
        switch admission.admit(head, at: listeners[listener]) {
        case .refused(let refusal): throw Refused(cause: .notAdmitted(refusal))
        case .admitted(let visitor):
            // A page that may be here can read our errors, too.
            if case .admitted(let cors) = admission.decide(visitor, for: .tokenRoutes, of: head) {
                request.setCORS { CORSFields.append(cors, of: head, to: &$0) }
            }
            noteBase(visitor, head, listeners[listener], into: &request)
            return visitor
        }
    }

    /// For the pages that may use routes with a token, and for programs.
    private func judgeCartoInfo(
        _ head: borrowing RequestHead, _ caller: Caller, into request: inout RequestFacts
    ) throws(Refused) -> Verdict {
        if try admit(caller, head, for: .tokenRoutes, into: &request) { return .preflight }
        guard head.method == .get || head.method == .head else {
            throw Refused(cause: .methodNotAllowed([.get, .head]))
        }
        return .cartoInfo
    }

    /// Whether it may use this route. True for a preflight, which is answered here.
    private func admit(
        _ caller: Caller, _ head: borrowing RequestHead, for reach: RouteReach, into request: inout RequestFacts
    ) throws(Refused) -> Bool {
        switch admission.decide(caller.visitor, for: reach, of: head) {
        case .admitted:
            // A question that is none to the rules for pages does not take the place of a key.
            guard !caller.isQuestion else { throw Refused(cause: .notIdentified(.missing, mayPrompt: false)) }
            return false
        case .preflight(let answer):
            request.setCORS { CORSFields.append(answer, of: head, to: &$0) }
            return true
        case .refused(let refusal):
            request.setCORS { CORSFields.append(nil, of: head, to: &$0) }
            throw Refused(cause: .notAdmitted(refusal))
        }
    }

    /// Where URLs in the answer shall lead: to where this request came in.
    private func noteBase(
        _ visitor: Visitor, _ head: borrowing RequestHead, _ listener: ListenerKind,
        into request: inout RequestFacts
    ) {
        request.base.removeAll(keepingCapacity: true)
        if let publicBase { return request.base.append(contentsOf: publicBase) }
        switch listener {
        case .tcp(_, isTLS: true): request.base.append("https://")
        case .tcp, .unix: request.base.append("http://")
        }
        request.base.append(copying: head.storage.span.extracting(visitor.authority.range))
    }

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

    /// The path that policy judges and that is sent, behind the upstream's base: the same bytes.
    private func canonicalPath(_ head: borrowing RequestHead) throws(Refused) -> ByteSlice {
        let path = head.target.path
        do throws(PathError) {
            try CanonicalPath.check(head.storage.span.extracting(path.range))
        } catch {
            throw Refused(cause: .pathNotCanonical(error))
        }
        return basePrefix.strip(path, of: head.storage.span)
    }

    private func match(_ method: Method, _ path: Span<UInt8>) throws(Refused) -> Int {
        switch table.match(method: method, path: path) {
        case .matched(let index): return index
        case .methodNotAllowed(let allowed): throw Refused(cause: .methodNotAllowed(allowed))
        case .unknown: throw Refused(cause: .routeUnknown(line: RouteTable.lineThatAdds(method: method, path: path)))
        }
    }

    /// Who asks.
    private func identify(
        _ visitor: Visitor, _ head: borrowing RequestHead, by check: ClientCheck, into request: inout RequestFacts
    ) throws(Refused) -> Caller {
        do throws(KeyRefusal) {
            let caller = try Caller.identify(visitor, head, by: check)
            request.client = caller.client
            return caller
        } catch {
            throw Refused(cause: .notIdentified(error, mayPrompt: visitor.kind == .program))
        }
    }

    /// What the caller's key is for, of what the policy allows.
    private func checkScope(
        _ caller: Caller, _ route: RouteHandling, _ method: Method, _ path: Span<UInt8>
    ) throws(Refused) {
        guard caller.client != nil else { return }
        do throws(ScopeRefusal) {
            try caller.checkScope(method, path, connection: Self.segment(route.connectionSegment, of: path))
        } catch {
            throw Refused(cause: .outOfScope(error))
        }
    }

    private func checkAccess(_ handling: RouteHandling, _ method: Method) throws(Refused) {
        guard handling.isDenied else { return }
        let route = table.routes[handling.id]
        switch route.access {
        case .allow: break
        case .deny(let because):
            throw Refused(cause: .routeDenied(because: because, line: route.lineThatAllows(method)))
        }
    }

    /// What the head tells of whether the request only reads; the body is judged when it is there.
    private func checkReading(
        _ caller: Caller, _ route: RouteHandling, _ head: borrowing RequestHead, into request: inout RequestFacts
    ) throws(Refused) {
        if !isReadOnly {
            guard let key = caller.client?.record, key.scope.isReadOnly else { return }
            request.readOnlyKey = key.name
        }
        do throws(ReadOnlyRefusal) {
            guard var judge = ReadOnlyJudge(route.reads) else {
                if route.reads == .never { throw .routeWrites }
                return
            }
            try judge.judge(path: head.storage.span.extracting(request.path.range))
            if let query = head.target.query { try judge.judge(query: head.storage.span.extracting(query.range)) }
            request.judge = judge
            request.bodyKind = BodyKind.of(head)
        } catch {
            throw Refused(cause: .writesRefused(error, key: request.readOnlyKey))
        }
    }

    private func chooseCredential(
        _ route: RouteHandling, _ path: Span<UInt8>, listener: Int, into request: inout RequestFacts
    ) throws(Refused) {
        let choice = book.choose(
            route.demand, named: route.named, listener: listener, route: request.route,
            connection: path.extracting(Self.segment(route.connectionSegment, of: path)), path: path)
        switch choice {
        case .none: request.credential = nil
        case .use(let index): request.credential = index
        case .refused(let refusal): throw Refused(cause: .credential(refusal))
        }
    }

    /// Where that segment of the path is, counted from 0; empty for none.
    private static func segment(_ index: Int?, of path: Span<UInt8>) -> Range<Int> {
        guard var left = index else { return 0..<0 }
        var start = 1
        while true {
            var end = start
            while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
            guard start <= end, end <= path.count else { return 0..<0 }
            if left == 0 { return start..<end }
            left -= 1
            start = end + 1
        }
    }

    /// Whether any reader could take the body for a form, whose credentials are to be blanked: one of several lines
    /// is enough, and no parameter rules it out. (``BodyKind`` asks the opposite: whether every reader would.)
    private static func isForm(_ head: borrowing RequestHead) -> Bool {
        let type: StaticString = "application/x-www-form-urlencoded"
        for index in head.lines.indices where head.lines[index].known == .contentType {
            let value = head.storage.span.extracting(head.lines[index].value.range)
            guard value.count >= type.utf8CodeUnitCount else { continue }
            if ByteComparison.equalIgnoringCase(value.extracting(0..<type.utf8CodeUnitCount), type) { return true }
        }
        return false
    }

    // MARK: What goes upstream, and what comes back

    /// Redirects and the like lead back here where they name the upstream; elsewhere they are passed on as they
    /// are, and never followed.
    func appendLocation(_ head: borrowing ResponseHead, request: RequestFacts, to output: inout [UInt8]) {
        let bytes = head.storage.span
        for index in head.lines.indices {
            let line = head.lines[index]
            guard line.known == .location || line.known == .contentLocation else { continue }
            let value = bytes.extracting(line.value.range)
            guard let urls = urls[request.upstream], let length = urls.prefixLength(of: value) else {
                HeadWriter.appendField(line, of: bytes, to: &output)
                continue
            }
            output.append(line.known.canonical)
            output.append(": ")
            output.append(contentsOf: request.base)
            output.append(copying: value.extracting(length..<value.count))
            output.append("\r\n")
        }
    }

    func appendCartoInfo(for request: RequestFacts, to output: inout [UInt8]) {
        CartoInfo.append(base: request.base, hasAI: destinations[.ai] != nil, to: &output)
    }

    /// (Of the request's facts what is used and no more: a copy of them all counts six references.)
    func compose(
        _ head: borrowing RequestHead, to upstream: UpstreamName, route: Int, path: ByteSlice,
        options: ConnectionOptions, isRewritten: Bool, expectsContinue: Bool, framing: RequestComposer.Framing,
        into prepared: inout PreparedRequest
    ) {
        guard let destination = destinations[upstream] else { return }
        let plan = RequestComposer.Plan(
            destination: destination, framing: framing,
            // The answers of OAuth-only routes are small, and some list tokens, ours among them.
            mayCompress: handling[route].demand != .oauth, keepsConditions: !isRewritten,
            expectsContinue: expectsContinue && framing != .none)
        RequestComposer.compose(head, path: path, options: options, plan: plan, into: &prepared)
    }
}
