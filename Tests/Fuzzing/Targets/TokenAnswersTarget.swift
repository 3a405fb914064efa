import Credentials
import JSON
import Secrets

/// The input is the body of an answer; its head follows from it.
enum TokenAnswersTarget {
    private static let secrets = [Secret(text(Guarded.secret))]
    private static let sentAt = Instant(boot: .seconds(50), wall: .seconds(1_800_000_000))

    static func check(_ input: [UInt8]) throws(Violation) {
        var draw = Draw(input)
        let answer = TokenAnswer(
            status: draw.pick([200, 200, 200, 400, 401, 408, 429, 500, 302, 0, -1]),
            serverDate: draw.pick([nil, 1_800_000_000, 0, .min, .max]),
            retry: RetryHint(
                retryAfter: draw.pick([nil, .seconds(.max), .seconds(3), .date(.min), .date(1_800_000_060)]),
                rateLimitReset: draw.pick([nil, .max, 5, 1_800_000_060, 1_800_000_060_000])),
            sentAt: draw.pick([sentAt, Instant(boot: .seconds(0), wall: .seconds(.max))]))
        let first = parse(answer, input)
        switch (first, parse(answer, input)) {
        case (.success(let one), .success(let other)):
            try require(one.lifetime == other.lifetime && one.token.matches(other.token), "it reads the same again")
            try check(one, of: answer, input)
        case (.failure(let one), .failure(let other)):
            try require(one == other, "it reads the same again")
            try check(one)
        default: throw Violation(description: "it reads the same again")
        }
        let hints =
            [RetryHint.rateLimitReset(input.span)]
            + [RetryHint.delay(input.span)].map { delay in
                if case .seconds(let seconds) = delay { seconds } else { nil }
            }
        for case .some(let hint) in hints { try require(hint >= 0, "digits are no negative number") }
    }

    private static func parse(_ answer: TokenAnswer, _ body: [UInt8]) -> Result<TokenGrant, FetchFailure> {
        Result { () throws(FetchFailure) in try answer.parse(body.span, redacting: secrets) }
    }

    private static func check(_ grant: TokenGrant, of answer: TokenAnswer, _ body: [UInt8]) throws(Violation) {
        try require(answer.status == 200, "only success brings a token")
        try require(grant.lifetime > .seconds(0), "a token lives for a while")
        try require(grant.lifetime <= TokenLimits().longestLifetime, "and not for ever")
        let token = grant.token.withExposedBytes { bytes in bytes.indices.map { bytes[$0] } }
        try require(!token.isEmpty && BearerToken.isWellFormed(token.span), "a token can stand in a field line")
        try require(token.allSatisfy { (0x21...0x7E).contains($0) }, "a token is visible ASCII")
        // By another way: the one string at that name of the outermost object.
        var reader = JSONReader()
        var found: [[UInt8]?] = []
        var isWanted = false
        while let event = try? reader.next(body.span), event != .end {
            switch event {
            case .name(let range) where reader.depth == 1:
                isWanted = JSONString.decoded(body.span, range)?.elementsEqual("access_token".utf8) ?? false
            case .string(let range) where reader.depth == 1 && isWanted:
                found.append(JSONString.decoded(body.span, range))
            default: break
            }
        }
        try require(found == [token], "the token is the one in the answer")
    }

    private static func check(_ failure: FetchFailure) throws(Violation) {
        let told = Array("\(failure)".utf8)
        try require(!Guarded.canBeRead(in: told), "no failure tells the secret")
        try require(told.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a failure is one line")
        try require(told.count < 2_000, "and a short one")
        try require((failure.retryAfterSeconds ?? 0) >= 0, "nobody comes back before")
    }
}
