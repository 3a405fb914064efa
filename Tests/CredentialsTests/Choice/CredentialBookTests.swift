import Credentials
import Testing

struct CredentialBookTests {
    private static let entries: [CredentialBook.Entry] = [
        .init(name: "token", kind: .apiAccessToken), .init(name: "client", kind: .oauthClient),
        .init(name: "team-token", kind: .apiAccessToken), .init(name: "static", kind: .staticOAuth),
    ]

    private func book(
        _ defaults: [String], rules: [CredentialRule] = [], prefersOAuth: Bool = false
    ) throws -> CredentialBook {
        try CredentialBook(entries: Self.entries, rules: rules, defaults: defaults, prefersOAuth: prefersOAuth)
    }

    private func choose(
        _ book: CredentialBook, _ demand: TokenDemand, named: Int? = nil, listener: Int = 0, route: Int = 0,
        connection: String = "", path: String = "/v3/maps"
    ) -> CredentialChoice {
        book.choose(
            demand, named: named, listener: listener, route: route, connection: Array(connection.utf8).span,
            path: Array(path.utf8).span)
    }

    @Test func theLeastPowerfulThatServesIsTaken() throws {
        let both = try book(["client", "token"])
        #expect(choose(both, .any) == .use(0))
        #expect(choose(both, .oauth) == .use(1))
        #expect(choose(both, .none) == .none)
        #expect(choose(try book(["client"]), .any) == .use(1))
        #expect(choose(try book(["static"]), .oauth) == .use(3))
        #expect(choose(try book(["client", "token"], prefersOAuth: true), .any) == .use(1))
        #expect(choose(try book(["token"], prefersOAuth: true), .any) == .use(0))
    }

    @Test func withoutAFittingOneItSaysWhatToConfigure() throws {
        #expect(choose(try book([]), .any) == .refused(.noCredential))
        #expect(choose(try book(["token"]), .oauth) == .refused(.noOAuthCredential))
        #expect(choose(try book([]), .none) == .none)
        for refusal in [CredentialRefusal.noCredential, .noOAuthCredential, .kindUnfit, .tokenExpired] {
            #expect(refusal.status == 502 && !refusal.hint.isEmpty)
        }
    }

    @Test func theFirstRuleThatCoversARequestDecides() throws {
        let book = try book(
            ["client"],
            rules: [
                CredentialRule(listener: 2, connection: Array("pg".utf8), credentials: ["static"]),
                CredentialRule(connection: Array("pg".utf8), credentials: ["team-token"]),
                CredentialRule(pathPrefix: Array("/v3/sql".utf8), credentials: ["token", "client"]),
                CredentialRule(route: 9, credentials: ["static"]),
            ])
        #expect(choose(book, .any, listener: 2, connection: "pg") == .use(3))
        #expect(choose(book, .any, listener: 1, connection: "pg") == .use(2))
        #expect(choose(book, .any, connection: "pgx", path: "/v3/sql/pgx/query") == .use(0))
        #expect(choose(book, .oauth, path: "/v3/sql") == .use(1))
        #expect(choose(book, .any, path: "/v3/sqlite") == .use(1))
        #expect(choose(book, .any, path: "/v3/sq") == .use(1))
        #expect(choose(book, .any, route: 9) == .use(3))
        #expect(choose(book, .any, connection: "PG") == .use(1))
    }

    @Test func aRuleThatCannotServeDoesNotFallThrough() throws {
        let book = try book(
            ["client"], rules: [CredentialRule(listener: 1, credentials: ["token"])])
        #expect(choose(book, .oauth, listener: 1) == .refused(.kindUnfit))
        #expect(choose(book, .oauth, listener: 0) == .use(1))
    }

    @Test func theRoutesOwnCredentialOutranksTheRules() throws {
        let book = try book(["client"], rules: [CredentialRule(credentials: ["team-token"])])
        #expect(choose(book, .any, named: book.index(named: "static")) == .use(3))
        #expect(choose(book, .oauth, named: book.index(named: "token")) == .refused(.kindUnfit))
        #expect(choose(book, .any, named: 99) == .refused(.noCredential))
        #expect(choose(book, .none, named: 0) == .none)
        #expect(book.index(named: "nobody") == nil)
    }

    @Test func mistakesAreNamed() {
        #expect(throws: CredentialBookError.nameUnknown("x")) { try book(["x"]) }
        #expect(throws: CredentialBookError.nameUnknown("y")) {
            try book([], rules: [CredentialRule(credentials: ["y"])])
        }
        #expect(throws: CredentialBookError.severalOfOneKind("static")) { try book(["client", "static"]) }
        #expect(throws: CredentialBookError.nameRepeated("a")) {
            try CredentialBook(
                entries: [.init(name: "a", kind: .oauthClient), .init(name: "a", kind: .apiAccessToken)], defaults: [])
        }
    }
}
