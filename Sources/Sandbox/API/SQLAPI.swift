/// `/v3/sql`: queries, jobs, models.
struct SQLAPI {
    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        let caller = try exchange.requireToken(api: "sql")
        // `jobs` stands where a connection does, and is matched first.
        if path == ["jobs"] {
            try exchange.allow("GET")
            return SandboxAnswer(
                json: .array(exchange.state.update { $0.statements.items }.map { document($0, exchange) }))
        }
        guard path.count >= 2 else { throw .routeUnknown }
        let source = try Source(connection: path[0], caller: caller, exchange)
        switch (path[1], path.count) {
        case ("query", 2): return try query(exchange, source)
        case ("job", 2): return try start(exchange, source)
        case ("job", 3): return try job(exchange, id: path[2])
        case ("model", 3): return try ModelAPI(source: source, model: path[2]).answer(exchange)
        default: throw .routeUnknown
        }
    }

    private func query(_ exchange: Exchange, _ source: Source) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("GET", "POST")
        let parameters = try exchange.parameters()
        guard let text = parameters.text("q") else { throw .parameterMissing("q") }
        let caching = ("Cache-Control", exchange.method == "GET" ? "public, max-age=31536000" : "no-store")
        switch try source.query(text, parameters: parameters.document("queryParameters")) {
        case .table(let table):
            let meta: JSONValue = [
                "cacheHit": false, "location": "sandbox", "totalBytesProcessed": .text(String(table.rows.count * 64)),
            ]
            return SandboxAnswer(
                json: ["rows": table.rowsJSON, "schema": table.schema, "meta": meta], fields: [caching])
        case .synthetic(let rows):
            return SandboxAnswer(
                status: 200, fields: [("Content-Type", "application/json; charset=utf-8"), caching],
                body: SyntheticRows.body(rows: rows))
        }
    }

    private func start(_ exchange: Exchange, _ source: Source) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("POST")
        guard let text = try exchange.parameters().text("query"), !trimmed(text).isEmpty else {
            throw .parameterMissing("query")
        }
        guard text.utf8.count <= 1 << 16 else { throw .statementRefused(.statementTooLong) }
        let job = Job(
            now: exchange.now, duration: exchange.state.settings.jobDuration,
            details: [
                JSONMember(name: "query", value: .text(text)),
                JSONMember(name: "connectionName", value: .text(source.connection)),
            ])
        guard exchange.state.update({ $0.statements.put(job, under: job.id) }) else { throw .shelfFull }
        return SandboxAnswer(json: document(job, exchange))
    }

    private func job(_ exchange: Exchange, id: String) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("GET", "DELETE")
        guard var job = exchange.state.update({ $0.statements[id] }) else { throw .notFound("Job") }
        if exchange.method == "DELETE" {
            guard job.cancel(now: exchange.now) else { throw .jobEnded }
            let cancelled = job
            _ = exchange.state.update { $0.statements.put(cancelled, under: id) }
        }
        return SandboxAnswer(json: document(job, exchange))
    }

    private func document(_ job: Job, _ exchange: Exchange) -> JSONValue {
        job.document(now: exchange.now).adding([JSONMember(name: "externalId", value: .text(job.id))])
    }
}
