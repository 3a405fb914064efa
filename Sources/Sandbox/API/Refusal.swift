/// Why the sandbox's API answers with an error.
package enum Refusal: Error, Equatable {
    case tokenNotDefined
    case tokenUnknown
    case tokenExpired
    case oauthTokenRequired
    case apiNotAllowed(String)
    case originNotAllowed
    case sourceNotGranted(String)
    case pathMalformed
    case routeUnknown
    case methodNotAllowed([String])
    case notFound(String)
    case nameTaken(String)
    case parameterMissing(String)
    case parameterMalformed(String)
    case queryMalformed
    case bodyNotJSON(JSONError)
    case bodyNotObject
    case bodyTooLarge
    case statementRefused(SQLError)
    case formatUnsupported(String)
    case providerUnsupported
    case jobEnded
    case tooManyRunning
    case shelfFull

    var status: Int {
        switch self {
        case .tokenNotDefined, .tokenUnknown, .tokenExpired: 401
        case .oauthTokenRequired, .apiNotAllowed, .originNotAllowed, .sourceNotGranted: 403
        case .routeUnknown, .notFound: 404
        case .methodNotAllowed: 405
        case .bodyTooLarge: 413
        case .nameTaken, .jobEnded: 409
        case .tooManyRunning, .shelfFull: 429
        case .pathMalformed, .parameterMissing, .parameterMalformed, .queryMalformed, .bodyNotJSON, .bodyNotObject,
            .statementRefused, .formatUnsupported, .providerUnsupported:
            400
        }
    }

    var message: String {
        switch self {
        case .tokenNotDefined: "Token not defined"
        case .tokenUnknown: "Invalid token"
        case .tokenExpired: "Token expired"
        case .oauthTokenRequired: "Forbidden: this endpoint needs an OAuth Access Token"
        case .apiNotAllowed(let api): "Forbidden: the token does not allow the API \(api)"
        case .originNotAllowed: "Unauthorized referer"
        case .sourceNotGranted(let source): "Forbidden: the token does not grant \(source)"
        case .pathMalformed: "Malformed path"
        case .routeUnknown: "Not found"
        case .methodNotAllowed: "Method not allowed"
        case .notFound(let what): "\(what) not found"
        case .nameTaken(let name): "\(name) already exists"
        case .parameterMissing(let name): "Missing parameter: \(name)"
        case .parameterMalformed(let name): "Invalid parameter: \(name)"
        case .queryMalformed: "Malformed query string"
        case .bodyNotJSON(let rule): "The content is no JSON: \(rule)"
        case .bodyNotObject: "The content must be a JSON object or a form"
        case .bodyTooLarge: "The content is too large"
        case .statementRefused(let error): error.message
        case .formatUnsupported(let format): "The sandbox does not answer in the format \(format)"
        case .providerUnsupported: "Unsupported provider"
        case .jobEnded: "The job has already ended"
        case .tooManyRunning: "Too many jobs running at once"
        case .shelfFull: "The sandbox is full"
        }
    }

    /// The answer in CARTO's shape.
    var answer: SandboxAnswer {
        var fields: [(String, String)] = []
        if case .methodNotAllowed(let allowed) = self { fields.append(("Allow", allowed.joined(separator: ", "))) }
        if self == .tooManyRunning { fields.append(("Retry-After", "2")) }
        // RFC 9110 §15.5.2: a 401 carries a challenge.
        if status == 401 { fields.append(("WWW-Authenticate", "Bearer realm=\"sandbox\"")) }
        return SandboxAnswer(
            json: ["error": .text(message), "status": .integer(Int64(status))], status: status, fields: fields)
    }
}
