/// The OAuth tokens in circulation. Keys are bytes: two texts that merely look alike are two tokens.
struct IssuedTokens: Sendable {
    enum Standing: Sendable {
        case unknown
        case good
        case expired
    }

    static let limit = 10_000

    private var expiries: [[UInt8]: Int64] = [:]
    private var order: [[UInt8]] = []

    mutating func add(_ token: String, expiresAt: Int64) {
        if order.count >= Self.limit { forgetOldest() }
        let key = Array(token.utf8)
        expiries[key] = expiresAt
        order.append(key)
    }

    func standing(of token: String, now: Int64) -> Standing {
        guard let expiry = expiries[Array(token.utf8)] else { return .unknown }
        return now < expiry ? .good : .expired
    }

    mutating func removeAll() {
        expiries.removeAll()
        order.removeAll()
    }

    private mutating func forgetOldest() {
        for key in order.prefix(Self.limit / 10) { expiries[key] = nil }
        order.removeFirst(Self.limit / 10)
    }
}
