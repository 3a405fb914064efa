/// The values of `error` that say what is wrong (RFC 6749 §5.2 and §4.1.2.1, and those met in practice).
enum OAuthErrorCode: String, CaseIterable {
    case accessDenied = "access_denied"
    case invalidClient = "invalid_client"
    case invalidGrant = "invalid_grant"
    case invalidRequest = "invalid_request"
    case invalidScope = "invalid_scope"
    case unauthorizedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    case serverError = "server_error"
    case temporarilyUnavailable = "temporarily_unavailable"
    case slowDown = "slow_down"
    case tooManyRequests = "too_many_requests"

    init?(bytes: [UInt8]) {
        for code in Self.allCases where bytes.elementsEqual(code.rawValue.utf8) {
            self = code
            return
        }
        return nil
    }

    var kind: FetchFailure.Kind {
        switch self {
        case .accessDenied, .invalidClient, .invalidGrant, .invalidRequest, .invalidScope, .unauthorizedClient,
            .unsupportedGrantType:
            .rejected
        case .serverError, .temporarilyUnavailable: .unavailable(.serverError)
        case .slowDown, .tooManyRequests: .rateLimited
        }
    }
}
