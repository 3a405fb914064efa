/// What changes while a sandbox runs. Everything in it is bounded.
struct SandboxContents: Sendable {
    var issuedTokens = IssuedTokens()
    var tokensIssued = 0
    var quotaWindow = QuotaWindow()
    var apiAccessTokens = Shelf<APIAccessToken>()
    var namedSources = Shelf<JSONValue>()
    var connections = Shelf<JSONValue>()
    var imports = Shelf<Job>()
    var exports = Shelf<Job>()
    var statements = Shelf<Job>()
    var activityJobs = Shelf<Job>()
    var organizationMaps = Shelf<JSONValue>()
    var organizationWorkflows = Shelf<JSONValue>()
    /// Parameters of instantiations too long for a URL, by the name that stands for them there.
    var storedSources = Shelf<JSONValue>(limit: 100)
    var modelContextSessions = Shelf<String>()
    /// How often each location data service was used.
    var locationUses = LocationUses()

    init(apiAccessToken token: String) {
        _ = apiAccessTokens.put(APIAccessToken(opensEverything: token), under: token)
        _ = connections.put(
            ["id": "c0000000-0000-4000-8000-000000000001", "name": "carto_dw", "provider_id": "carto_dw"],
            under: "c0000000-0000-4000-8000-000000000001")
        for (index, title) in ["Cities of the world", "Airports", "Where people live"].enumerated() {
            let id = "00000000-0000-4000-8000-00000000000\(index + 1)"
            let document: JSONValue = [
                "id": .text(id), "title": .text(title), "privacy": "private", "ownerEmail": "owner@sandbox.invalid",
            ]
            _ = organizationMaps.put(document, under: id)
        }
        let id = "00000000-0000-4000-8000-000000000011"
        _ = organizationWorkflows.put(
            ["id": .text(id), "title": "Airports near cities", "ownerEmail": "owner@sandbox.invalid"], under: id)
    }
}

struct LocationUses: Sendable {
    var geocoding = 0
    var isolines = 0
    var routing = 0
}
