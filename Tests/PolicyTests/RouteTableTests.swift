import Policy
import Testing
import Wire

@Suite struct RouteTableTests {
    private func table(_ builtIn: [String], _ configured: [RouteRule] = []) throws -> RouteTable {
        try RouteTable(
            builtIn: builtIn.enumerated().map { try rule($1, file: "built-in", line: $0 + 1) }, configured: configured)
    }

    /// The template of the route that decides.
    private func template(_ table: RouteTable, _ method: Method, _ path: String) -> String? {
        table.route(method, path)?.template
    }

    @Test func narrowerSegmentsAreTriedFirstFromTheLeft() throws {
        let table = try table([
            "GET /{rest...}", "GET /{a}/{b}", "GET /{a:x|y}/{b}", "GET /x/{b}", "GET /x/y", "GET /{a}/y", "GET /{a}",
        ])
        #expect(template(table, .get, "/x/y") == "/x/y")
        #expect(template(table, .get, "/x/z") == "/x/{b}")
        #expect(template(table, .get, "/y/y") == "/{a:x|y}/{b}")
        #expect(template(table, .get, "/z/y") == "/{a}/y")
        #expect(template(table, .get, "/z/z") == "/{a}/{b}")
        #expect(template(table, .get, "/z") == "/{a}")
        #expect(template(table, .get, "/z/z/z") == "/{rest...}")
        #expect(table.match(.get, "/") == .unknown)
    }

    @Test func goesBackWhereWhatFollowsDoesNotFit() throws {
        let table = try table(["GET /a/b/c", "GET /a/{x}/d", "GET /{y}/b/e", "GET /a/{r...}"])
        #expect(template(table, .get, "/a/b/d") == "/a/{x}/d")
        #expect(template(table, .get, "/a/b/e") == "/a/{r...}")
        #expect(template(table, .get, "/q/b/e") == "/{y}/b/e")
        #expect(table.match(.get, "/q/b") == .unknown)
    }

    @Test func theRestIsAtLeastOneSegment() throws {
        let table = try table(["GET /a/{rest...}", "GET /"])
        #expect(table.match(.get, "/a") == .unknown)
        #expect(table.match(.get, "/a/") == .unknown)
        #expect(template(table, .get, "/a/b") == "/a/{rest...}")
        #expect(template(table, .get, "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v") == "/a/{rest...}")
        #expect(template(table, .get, "/") == "/")
    }

    @Test func oneSlashAtTheEndIsNoSegment() throws {
        let table = try table(["GET /a", "POST /a/{b}"])
        #expect(template(table, .get, "/a/") == "/a")
        #expect(template(table, .post, "/a/b/") == "/a/{b}")
        for path in ["/a//", "//a", "//", "/a//b", "a", "", "/A", "/a ", "/aa"] {
            #expect(table.match(.get, path) == .unknown, "\(path)")
            #expect(table.match(.post, path) == .unknown, "\(path)")
        }
    }

    @Test func getImpliesHeadUnlessHeadIsRuledOn() throws {
        let plain = try table(["GET /a"])
        #expect(template(plain, .head, "/a") == "/a")
        let ruled = try RouteTable(builtIn: [
            try rule("GET /a"), try rule("HEAD /{x}"), try rule("HEAD /a") { $0.access = .deny },
        ])
        #expect(ruled.route(.head, "/a")?.isDenied == true)
        #expect(ruled.route(.get, "/a")?.isDenied == false)
    }

    @Test func otherMethodsOfThePathAreNamed() throws {
        let table = try table(["GET /a/{x}", "POST /a/b", "DELETE /{r...}", "PUT /c"])
        #expect(table.match(.patch, "/a/b") == .methodNotAllowed([.get, .head, .post, .delete]))
        #expect(table.match(.put, "/a/z") == .methodNotAllowed([.get, .head, .delete]))
        #expect(template(table, .get, "/a/b") == "/a/{x}")
        #expect(MethodSet([.get, .head, .post]).allowFieldValue == "GET, HEAD, POST")
        for method in [Method.trace, .connect, .other, .options] {
            #expect(table.match(method, "/c") == .methodNotAllowed([.put, .delete]))
        }
    }

    @Test func optionsIsForwardedOnlyByName() throws {
        let table = try table(["* /a", "OPTIONS /b"])
        #expect(table.match(.options, "/a") == .methodNotAllowed(.any))
        #expect(template(table, .options, "/b") == "/b")
    }

    @Test func aConfiguredDenialBeatsEveryBuiltInRow() throws {
        let table = try table(
            ["GET /v3/lds/isolines", "GET /v3/maps/{c}"], [try rule("* /v3/lds/{rest...}") { $0.access = .deny }])
        #expect(table.route(.get, "/v3/lds/isolines")?.access == .deny(because: "the configuration denies it"))
        #expect(table.route(.get, "/v3/maps/x")?.isDenied == false)
    }

    @Test func aWideAllowanceDoesNotOpenANarrowerDenial() throws {
        let builtIn = [
            try rule("GET /v3/tokens/{t}") {
                $0.access = .deny
                $0.because = "secret"
            }
        ]
        let wide = try RouteTable(builtIn: builtIn, configured: [try rule("* /v3/{rest...}") { $0.access = .allow }])
        #expect(wide.route(.get, "/v3/tokens/t")?.access == .deny(because: "secret"))
        #expect(wide.route(.post, "/v3/tokens/t")?.isDenied == false)
        let equal = try RouteTable(
            builtIn: builtIn, configured: [try rule("GET /v3/tokens/{other}") { $0.access = .allow }])
        #expect(equal.route(.get, "/v3/tokens/t")?.isDenied == false)
        let narrower = try RouteTable(
            builtIn: builtIn, configured: [try rule("GET /v3/tokens/mine") { $0.access = .allow }])
        #expect(narrower.route(.get, "/v3/tokens/mine")?.isDenied == false)
        #expect(narrower.route(.get, "/v3/tokens/other")?.isDenied == true)
    }

    @Test func amongConfiguredRulesTheNarrowerDecides() throws {
        let table = try table(
            [], [try rule("* /a/{r...}", line: 1) { $0.access = .deny }, try rule("GET /a/b", line: 2)])
        #expect(table.route(.get, "/a/b")?.isDenied == false)
        #expect(table.route(.get, "/a/c")?.isDenied == true)
    }

    @Test func whatIsNotStatedComesFromTheRowThatIsReplacedOrNarrowed() throws {
        let base = try rule("GET,POST /m/{c}/{type:query|table}", file: "built-in", line: 7) {
            $0.name = "maps"
            $0.api = "maps"
            $0.token = .oauth
            $0.rewrite = .maps
            $0.reads = .sqlIfAny
            $0.access = .deny
            $0.because = "why"
            $0.answerTimeoutSeconds = 9
        }
        let table = try RouteTable(
            builtIn: [base, try rule("* /m/{rest...}") { $0.name = "wide" }],
            configured: [
                try rule("GET /m/{x}/query", file: "mine", line: 3) { $0.access = .allow },
                try rule("GET /m/{x}/{type:table|query}", file: "mine", line: 4) { $0.credential = "team" },
                try rule("GET /m/{x}/other", file: "mine", line: 5),
            ])
        let opened = try #require(table.route(.get, "/m/a/query"))
        #expect(opened.access == .allow)
        #expect(opened.origin == RuleOrigin(file: "mine", line: 3))
        #expect(opened.inherited == RuleOrigin(file: "built-in", line: 7))
        #expect(opened.name == "maps" && opened.token == .oauth && opened.rewrite == .maps)
        #expect(opened.reads == .ifAnyStatement(.q) && opened.answerTimeoutSeconds == 9)
        // Stating something else does not open what is denied.
        let named = try #require(table.route(.get, "/m/a/table"))
        #expect(named.credential == "team" && named.access == .deny(because: "why"))
        #expect(table.route(.get, "/m/a/other")?.name == "wide")
        // The other method of the row is as it was.
        #expect(table.route(.post, "/m/a/query")?.origin.file == "built-in")
        #expect(table.candidates(method: .get, path: Array("/m/a/query".utf8).span).builtIn != nil)
    }

    @Test func methodsThatAreNotTreatedAlikeBecomeRoutesOfTheirOwn() throws {
        let table = try table(["GET,POST,DELETE /a"])
        #expect(table.routes.map(\.methods) == [[.get, .head], [.post, .delete]])
        #expect(table.route(.get, "/a")?.isSafe == true && table.route(.get, "/a")?.reads == .always)
        #expect(table.route(.post, "/a")?.isSafe == false && table.route(.post, "/a")?.reads == .never)
        #expect(table.routes.map(\.id) == [0, 1])
    }

    @Test func everythingWrongIsToldAtOnce() throws {
        #expect(
            throws: PolicyProblems(all: [
                PolicyProblem(origin: RuleOrigin(file: "f", line: 2), error: .repeats(RuleOrigin(file: "f", line: 1))),
                PolicyProblem(origin: RuleOrigin(file: "f", line: 3), error: .nameNotPlain("a b")),
                PolicyProblem(origin: RuleOrigin(file: "f", line: 3), error: .answerTimeoutOutOfRange(0)),
                PolicyProblem(origin: RuleOrigin(file: "f", line: 4), error: .credentialOnPublicRoute),
                PolicyProblem(origin: RuleOrigin(file: "f", line: 5), error: .eventStreamRewritten),
                PolicyProblem(origin: RuleOrigin(file: "f", line: 5), error: .statementNotClassified),
            ])
        ) {
            try RouteTable(
                builtIn: [],
                configured: [
                    try rule("GET,POST /a/{x}", file: "f", line: 1),
                    try rule("PUT,POST /a/{y}", file: "f", line: 2),
                    try rule("GET /b", file: "f", line: 3) {
                        $0.name = "a b"
                        $0.answerTimeoutSeconds = 0
                    },
                    try rule("GET /c", file: "f", line: 4) {
                        $0.token = TokenKind.none
                        $0.credential = "x"
                    },
                    try rule("GET /d", file: "f", line: 5) {
                        $0.isEventStream = true
                        $0.rewrite = .maps
                        $0.statement = .query
                    },
                ])
        }
    }

    @Test func theLinesToAddAreRulesThatWork() throws {
        let table = try RouteTable(builtIn: [try rule("* /v3/tokens/{t}") { $0.access = .deny }])
        let denied = try #require(table.route(.head, "/v3/tokens/t"))
        #expect(denied.lineThatAllows(.head) == "- { match: \"GET /v3/tokens/{t}\", access: allow }")
        func line(_ method: Method, _ path: String) -> String {
            RouteTable.lineThatAdds(method: method, path: Array(path.utf8).span)
        }
        #expect(line(.post, "/v3/new/ac_secret") == "- { match: \"POST /v3/new/{rest...}\" }")
        #expect(line(.get, "/v3/new") == "- { match: \"GET /v3/new\" }")
        #expect(line(.head, "/v3") == "- { match: \"GET /v3\" }")
        #expect(line(.get, "/v3/ac_1%20\"x/y") == "- { match: \"GET /v3/{rest...}\" }")
        #expect(line(.other, "/") == "- { match: \"* /{rest...}\" }")
        for path in ["/v3/new/ac_secret", "/v3/new", "/v3", "/", "/%22"] {
            let text = line(.get, path)
            _ = try MatchPattern.parse(String(text.dropFirst(12).prefix { $0 != "\"" }))
        }
    }
}
