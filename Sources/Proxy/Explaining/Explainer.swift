import Credentials
import Policy
import Transport
import Upstream
import Wire

/// Explains what happens to a request by letting the gate and the composer do it; nothing is sent anywhere.
package struct Explainer {
    private let gate: Gate
    private let settings: ProxySettings

    package init(settings: ProxySettings) {
        self.settings = settings
        gate = Gate(settings: settings)
    }

    /// - Parameters:
    ///   - bytes: a whole request head as it would arrive at the first listener.
    ///   - keyName: of the key it is explained for; nil: the request itself carries one, where one is needed.
    package func explain(_ bytes: [UInt8], keyName: String? = nil) -> Explanation {
        var head = RequestHead()
        let framing: BodyFraming
        do throws(WireError) {
            try head.parse(bytes.span, limits: settings.headLimits)
            framing = try BodyFraming.ofRequest(head)
        } catch {
            return Explanation(outcome: .refused(.of(.malformedRequest(error))))
        }
        var request = RequestFacts()
        request.take(head)
        let verdict = gate.decide(head, listener: 0, client: check(keyName), into: &request)
        var explanation = Explanation(outcome: .forwarded)
        explanation.key = request.client?.record
        if request.hasRoute { describe(request, head, framing, in: &explanation) }
        switch verdict {
        case .refused(let failure): explanation.outcome = .refused(failure)
        case .preflight: explanation.outcome = .preflightAnswered
        case .cartoInfo: explanation.outcome = .answeredHere
        case .forward:
            let isReadOnly = settings.isReadOnly || request.readOnlyKey != nil
            if isReadOnly, case .refused(let refusal) = explanation.reading {
                explanation.outcome = .refused(.of(.writesRefused(refusal, key: request.readOnlyKey)))
            } else {
                compose(request, head, framing, in: &explanation)
            }
        }
        return explanation
    }

    private func check(_ keyName: String?) -> ClientCheck {
        guard let table = settings.clients?.table else { return .none }
        if let keyName, let client = table.client(named: keyName) { return .assumed(client) }
        return .key(table, at: Clock.wallNanoseconds() / 1_000_000_000)
    }

    // MARK: The route

    private func describe(
        _ request: RequestFacts, _ head: borrowing RequestHead, _ framing: BodyFraming,
        in explanation: inout Explanation
    ) {
        let route = gate.route(request.route)
        explanation.route = route
        let path = head.storage.span.extracting(request.path.range)
        let (configured, builtIn) = settings.routes.candidates(method: head.method, path: path)
        let other = route.id == configured ? builtIn : configured
        explanation.overruled = other.map { settings.routes.routes[$0] }
        explanation.reading = reading(route, path, head, framing)
    }

    private func reading(
        _ route: Route, _ path: Span<UInt8>, _ head: borrowing RequestHead, _ framing: BodyFraming
    ) -> Explanation.Reading {
        guard var judge = ReadOnlyJudge(route.reads) else {
            return route.reads == .never ? .refused(.routeWrites) : .reads
        }
        do throws(ReadOnlyRefusal) {
            try judge.judge(path: path)
            if let query = head.target.query { try judge.judge(query: head.storage.span.extracting(query.range)) }
            // A body is not given here; methods that are made for one will have one.
            let isBare = (head.method == .get || head.method == .head) && framing == .none
            guard isBare else { return .decidedByBody }
            try judge.finish()
            return .reads
        } catch {
            return .refused(error)
        }
    }

    // MARK: What is sent

    private func compose(
        _ request: RequestFacts, _ head: borrowing RequestHead, _ framing: BodyFraming,
        in explanation: inout Explanation
    ) {
        var body = RequestBody()
        body.begin(framing, isForm: request.isForm)
        var prepared = PreparedRequest(reusing: [])
        gate.compose(
            head, to: request.upstream, route: request.route, path: request.path, options: request.connectionOptions,
            isRewritten: request.isRewritten, expectsContinue: request.expectsContinue, framing: body.composed,
            into: &prepared)
        // It has no credential yet, and is not given one.
        let bytes = prepared.recycled() + [0x0D, 0x0A]
        var sent = RequestHead()
        do throws(WireError) {
            try sent.parse(bytes.span)
        } catch {
            explanation.outcome = .refused(.of(.internalInconsistency))
            return
        }
        explanation.url = url(sent, request)
        explanation.removedFields = names(of: head).filter { !names(of: sent).contains($0) }
        for index in sent.lines.indices where isNew(sent.lines[index], in: sent, comparedTo: head) {
            let line = sent.lines[index]
            explanation.addedFields.append(
                Explanation.AddedField(name: text(sent, line.name.range), value: text(sent, line.value.range)))
        }
        if let index = request.credential, settings.book.entries.indices.contains(index) {
            explanation.credential = settings.book.entries[index]
            explanation.addedFields.append(Explanation.AddedField(name: "Authorization", value: "Bearer <token>"))
        }
        explanation.removedParameters = removedParameters(head)
    }

    private func url(_ sent: borrowing RequestHead, _ request: RequestFacts) -> String {
        guard let base = settings.bases[request.upstream] else { return "" }
        let scheme = base.endpoint.trust == nil ? "http" : "https"
        let authority = String(decoding: base.endpoint.authority, as: UTF8.self)
        let path = masked(text(sent, sent.target.path.range), basePath: base.path, gate.route(request.route))
        let query = sent.target.query.map { "?" + text(sent, $0.range) } ?? ""
        return "\(scheme)://\(authority)\(path)\(query)"
    }

    /// The path without tokens: some routes have one in it.
    private func masked(_ path: String, basePath: [UInt8], _ route: Route) -> String {
        let base = String(decoding: path.utf8.prefix(basePath.count), as: UTF8.self)
        let template = route.template.split(separator: "/", omittingEmptySubsequences: false)
        let segments = path.dropFirst(base.count).split(separator: "/", omittingEmptySubsequences: false)
        return base
            + segments.enumerated().map { index, segment in
                index < template.count && template[index] == "{token}" ? "<token>" : String(segment)
            }.joined(separator: "/")
    }

    private func removedParameters(_ head: borrowing RequestHead) -> [String] {
        guard let query = head.target.query else { return [] }
        let bytes = head.storage.span.extracting(query.range)
        var names: [String] = []
        var parameters = QueryParameters(0..<bytes.count)
        while let parameter = parameters.next(in: bytes) {
            guard CredentialParameter.isOne(bytes.extracting(parameter.name)) else { continue }
            var name: [UInt8] = []
            PercentDecoding.appendDecoded(bytes.extracting(parameter.name), to: &name)
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }

    // MARK: Field lines

    private func names(of head: borrowing RequestHead) -> [String] {
        var names: [String] = []
        for line in head.lines { names.append(text(head, line.name.range).lowercased()) }
        return names
    }

    /// Whether the client's request has no line of that name and value.
    private func isNew(
        _ line: FieldLine, in sent: borrowing RequestHead, comparedTo head: borrowing RequestHead
    ) -> Bool {
        for own in head.lines {
            if text(head, own.name.range).lowercased() == text(sent, line.name.range).lowercased(),
                text(head, own.value.range) == text(sent, line.value.range)
            {
                return false
            }
        }
        return true
    }

    private func text(_ head: borrowing RequestHead, _ range: Range<Int>) -> String {
        String(decoding: head.storage[range], as: UTF8.self)
    }
}
