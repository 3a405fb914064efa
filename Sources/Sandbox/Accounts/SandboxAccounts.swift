/// The accounts upstream: activity data, the user, the account. All of it asks for an OAuth token.
package final class SandboxAccounts: SandboxService {
    private let state: SandboxState

    package init(state: SandboxState) {
        self.state = state
    }

    package func answer(_ request: SandboxRequest, now: Int64) -> SandboxAnswer {
        do throws(Refusal) {
            let exchange = try Exchange(request, baseURL: "", state: state, now: now)
            try exchange.requireOAuth()
            return try route(exchange)
        } catch {
            return error.answer
        }
    }

    private func route(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        let path = exchange.segments
        switch path.first {
        case "users" where path == ["users", "me"]:
            try exchange.allow("GET")
            return SandboxAnswer(json: [
                "user_id": "auth0|sandbox", "email": "owner@sandbox.invalid", "account_id": "ac_sandbox",
                "tenant_id": "sandbox", "roles": ["Admin"],
            ])
        case "accounts" where path.count == 1:
            try exchange.allow("GET")
            return SandboxAnswer(json: [["id": "ac_sandbox", "name": "Sandbox", "tenant_domain": "sandbox.invalid"]])
        case "activity-data-jobs": return try activity(exchange, Array(path.dropFirst()))
        default: throw .routeUnknown
        }
    }

    private func activity(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        switch path.count {
        case 0:
            try exchange.allow("POST")
            return try start(exchange)
        case 1:
            try exchange.allow("GET")
            guard let job = state.update({ $0.activityJobs[path[0]] }) else { throw .notFound("Job") }
            return SandboxAnswer(json: document(job, exchange))
        case 2 where path[1] == "cancel":
            try exchange.allow("DELETE")
            return try JobCancellation.cancel(path[0], on: \.activityJobs, exchange)
        default: throw .routeUnknown
        }
    }

    private func start(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        let body = try exchange.smallBody()
        var details: [JSONMember] = []
        for name in ["startDate", "endDate", "category"] {
            guard let value = body[name] else { throw .parameterMissing(name) }
            guard value.asText != nil else { throw .parameterMalformed(name) }
            details.append(JSONMember(name: name, value: value))
        }
        let job = Job(now: exchange.now, duration: state.settings.jobDuration, details: details)
        guard state.update({ $0.activityJobs.put(job, under: job.id) }) else { throw .shelfFull }
        return SandboxAnswer(json: document(job, exchange), status: 201)
    }

    private func document(_ job: Job, _ exchange: Exchange) -> JSONValue {
        let document = job.document(now: exchange.now)
        guard job.status(now: exchange.now) == .success else { return document }
        let url = "\(state.settings.storageBaseURL)/activity/\(job.id).csv?signature=expired"
        return document.adding([JSONMember(name: "outputURLs", value: [.text(url)])])
    }
}
