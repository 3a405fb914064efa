/// `/v3/imports`: files into tables, by jobs.
struct ImportsAPI {
    /// CARTO runs five at once for an organization, and refuses the sixth.
    static let runningLimit = 5

    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        _ = try exchange.requireToken(api: "imports")
        switch path.count {
        case 0:
            try exchange.allow("GET", "POST")
            if exchange.method == "POST" { return try start(exchange) }
            let jobs = exchange.state.update { $0.imports.items }
            return SandboxAnswer(json: .array(jobs.map { $0.document(now: exchange.now) }))
        case 1 where path[0] == "preview": return try preview(exchange)
        case 1:
            try exchange.allow("GET")
            guard let job = exchange.state.update({ $0.imports[path[0]] }) else { throw .notFound("Import") }
            return SandboxAnswer(json: job.document(now: exchange.now))
        case 2 where path[1] == "cancel":
            try exchange.allow("POST")
            return try JobCancellation.cancel(path[0], on: \.imports, exchange)
        default: throw .routeUnknown
        }
    }

    /// Takes a JSON description with a `url`, or the file itself as content of any other type.
    private func start(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        let type = exchange.request.first("Content-Type") ?? "application/json"
        var details: [JSONMember]
        if type.utf8.starts(with: "application/json".utf8) {
            let body = try exchange.smallBody()
            guard let url = body["url"]?.asText else { throw .parameterMissing("url") }
            details = [JSONMember(name: "url", value: .text(url))]
            for name in ["connection", "destination", "autoguessing", "overwrite"] {
                if let value = body[name] { details.append(JSONMember(name: name, value: value)) }
            }
        } else {
            details = [JSONMember(name: "receivedBytes", value: .integer(exchange.request.receivedBytes))]
        }
        let job = Job(now: exchange.now, duration: exchange.state.settings.jobDuration, details: details)
        let now = exchange.now
        let outcome: Refusal? = exchange.state.update { contents in
            let running = contents.imports.items.count {
                $0.status(now: now) == .pending || $0.status(now: now) == .running
            }
            guard running < Self.runningLimit else { return .tooManyRunning }
            return contents.imports.put(job, under: job.id) ? nil : .shelfFull
        }
        if let outcome { throw outcome }
        return SandboxAnswer(json: job.document(now: now))
    }

    private func preview(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("POST")
        guard try exchange.smallBody()["url"]?.asText != nil else { throw .parameterMissing("url") }
        let places = exchange.state.data.places
        let sample = Table(columns: places.columns, rows: Array(places.rows.prefix(3)))
        return SandboxAnswer(json: ["schema": sample.schema, "rows": sample.rowsJSON])
    }
}
