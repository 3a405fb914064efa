/// `/v3/exports`: data into files, by jobs; a finished one carries a signed URL on another host.
struct ExportsAPI {
    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        let caller = try exchange.requireToken(api: "sql")
        switch path.count {
        case 0:
            try exchange.allow("GET", "POST")
            if exchange.method == "POST" { return try start(exchange, caller) }
            let jobs = exchange.state.update { $0.exports.items }
            return SandboxAnswer(json: .array(jobs.map { document($0, exchange) }))
        case 1:
            try exchange.allow("GET")
            guard let job = exchange.state.update({ $0.exports[path[0]] }) else { throw .notFound("Export") }
            return SandboxAnswer(json: document(job, exchange))
        case 2 where path[1] == "cancel":
            try exchange.allow("POST")
            return try JobCancellation.cancel(path[0], on: \.exports, exchange)
        default: throw .routeUnknown
        }
    }

    private func start(_ exchange: Exchange, _ caller: Caller) throws(Refusal) -> SandboxAnswer {
        let body = try exchange.smallBody()
        let connection = body["connection"]?.asText ?? body["connectionName"]?.asText ?? "carto_dw"
        let source = try Source(connection: connection, caller: caller, exchange)
        let details: JSONMember
        if let text = body["query"]?.asText {
            _ = try source.rows(of: text, parameters: nil)
            details = JSONMember(name: "query", value: .text(text))
        } else if let name = body["table"]?.asText ?? body["source"]?.asText {
            _ = try source.table(name)
            details = JSONMember(name: "query", value: .text("SELECT * FROM `\(DataSet.fullName(name))`"))
        } else {
            throw .parameterMissing("query")
        }
        let signature = JSONMember(name: "signature", value: .text(Base64URL.encode(Randomness.bytes(32))))
        let job = Job(
            now: exchange.now, duration: exchange.state.settings.jobDuration, details: [details, signature])
        guard exchange.state.update({ $0.exports.put(job, under: job.id) }) else { throw .shelfFull }
        return SandboxAnswer(json: document(job, exchange))
    }

    /// The signature shows itself in the URL only, and only when the file is there.
    private func document(_ job: Job, _ exchange: Exchange) -> JSONValue {
        guard case .object(var members) = job.document(now: exchange.now) else { return .null }
        members.removeAll { $0.name == "signature" }
        if job.status(now: exchange.now) == .success, let signature = job.detail("signature") {
            let url = "\(exchange.state.settings.storageBaseURL)/exports/\(job.id).csv?signature=\(signature)"
            members.append(JSONMember(name: "result", value: ["downloadUrl": .text(url)]))
        }
        return .object(members)
    }
}
