import Secrets

/// The answer of a token endpoint (RFC 6749 §5), its head already read.
///
/// It is read strictly and its outcome is one of two: a token fit to be sent, or a failure that says what
/// the machine needs to know. Nothing a server sends makes it trap.
package struct TokenAnswer: Sendable {
    package var status: Int
    /// The answer's `Date` in seconds since 1970, if it had one.
    package var serverDate: Int64?
    package var retry: RetryHint
    /// When the request was sent.
    package var sentAt: Instant

    package init(status: Int, serverDate: Int64?, retry: RetryHint = RetryHint(), sentAt: Instant) {
        self.status = status
        self.serverDate = serverDate
        self.retry = retry
        self.sentAt = sentAt
    }

    /// Reads the body, which the caller wipes afterwards.
    ///
    /// - Parameter secrets: what must not show in the server's message: the client secret, the present token.
    package func parse(
        _ body: Span<UInt8>, redacting secrets: [Secret], limits: TokenLimits = TokenLimits()
    ) throws(FetchFailure) -> TokenGrant {
        var members = TokenAnswerMembers()
        var fault: MalformedAnswer?
        do throws(MalformedAnswer) {
            guard body.count <= TokenLimits.answerBytes else { throw .answerTooLarge }
            try members.read(body)
        } catch {
            fault = error
        }
        defer { members.wipeToken() }

        if let failure = refusal(members, secrets) { throw failure }
        if let fault { throw malformed(fault) }
        do {
            return try grant(&members, limits: limits)
        } catch {
            throw malformed(error)
        }
    }

    private func grant(
        _ members: inout TokenAnswerMembers, limits: TokenLimits
    ) throws(MalformedAnswer) -> TokenGrant {
        guard let type = members.tokenType else { throw .tokenTypeMissing }
        // RFC 6749 §5.1: case-insensitive.
        guard type.count == 6, zip(type, "bearer".utf8).allSatisfy({ $0 | 0x20 == $1 }) else {
            throw .tokenTypeNotBearer
        }
        guard members.hasToken else { throw .tokenMissing }
        guard !members.token.isEmpty else { throw .tokenEmpty }
        guard members.token.count <= TokenLimits.tokenBytes else { throw .tokenTooLong }
        guard BearerToken.isWellFormed(members.token.span) else { throw .tokenByteNotAllowed }
        let (lifetime, source) = try TokenLifetime.decide(
            expiresIn: members.expiresIn, claims: JSONWebToken.peek(members.token.span), serverDate: serverDate,
            sentAt: sentAt, limits: limits)
        return TokenGrant(
            token: Secret(copying: members.token.span), sentAt: sentAt, lifetime: lifetime, lifetimeSource: source)
    }

    /// The failure the answer states, by its status or by an `error` of its own.
    private func refusal(_ members: TokenAnswerMembers, _ secrets: [Secret]) -> FetchFailure? {
        guard let kind = kindOfFailure(members) else { return nil }
        let message = ServerMessage(
            error: members.error, errorDescription: members.errorDescription, redacting: secrets)
        let delay = retry.delaySeconds(
            serverDate: serverDate, wall: sentAt.wall, isLimited: kind == .rateLimited)
        return FetchFailure(kind, status: status, retryAfterSeconds: delay, message: message)
    }

    /// The status decides where it says that time will mend it; otherwise the error's code, if it is a known one.
    private func kindOfFailure(_ members: TokenAnswerMembers) -> FetchFailure.Kind? {
        switch status {
        case 408: return .unavailable(.timedOut)
        case 429: return .rateLimited
        case 500...599: return .unavailable(.serverError)
        default: break
        }
        if let code = members.error.flatMap(OAuthErrorCode.init(bytes:)) { return code.kind }
        switch status {
        case 200: return members.error == nil ? nil : .malformed(.errorInsteadOfToken)
        // RFC 6749 §5.2: 400 with an error. A code unknown here is about the request we make, which will be
        // the same next time.
        case 400 where members.error != nil: return .rejected
        case 401, 403: return .rejected
        default: return .unavailable(.unexpectedStatus)
        }
    }

    private func malformed(_ rule: MalformedAnswer) -> FetchFailure {
        FetchFailure(
            .malformed(rule), status: status,
            retryAfterSeconds: retry.delaySeconds(serverDate: serverDate, wall: sentAt.wall, isLimited: false))
    }
}
