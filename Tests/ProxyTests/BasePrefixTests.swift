import Policy
import Testing
import Wire

@testable import Proxy

/// The path of a self-hosted base, which clients send or leave out.
@Suite struct BasePrefixTests {
    private func stripped(_ path: String, base: String, routes: [String] = ["GET /v3/things"]) throws -> String {
        let rules = try routes.map { match in
            RouteRule(pattern: try MatchPattern.parse(match), origin: RuleOrigin(file: "test", line: 1))
        }
        let table = try RouteTable(builtIn: rules)
        let prefix = BasePrefix(Array(base.utf8), routes: table.routes)
        // Somewhere inside a head.
        let head = Array("GET \(path) HTTP/1.1".utf8)
        let slice = prefix.strip(ByteSlice(4..<(4 + path.utf8.count)), of: head.span)
        return String(decoding: head[slice.range], as: UTF8.self)
    }

    @Test(arguments: [
        ("/api/v3/things", "/v3/things"), ("/v3/things", "/v3/things"), ("/api/api/v3", "/api/v3"), ("/api/", "/"),
        ("/api", "/api"), ("/apiv3", "/apiv3"), ("/API/v3", "/API/v3"), ("/ap", "/ap"), ("/", "/"),
        ("/x/api/v3", "/x/api/v3"),
    ])
    func itIsTakenOffOnceAndWhole(path: String, expected: String) throws {
        #expect(try stripped(path, base: "/api") == expected)
    }

    @Test func withoutAPathNothingIsTakenOff() throws {
        #expect(try stripped("/v3/things", base: "") == "/v3/things")
    }

    @Test func aRouteThatBeginsWithItKeepsIt() throws {
        #expect(try stripped("/v3/things", base: "/v3") == "/v3/things")
        #expect(try stripped("/api/own", base: "/api", routes: ["GET /api/own"]) == "/api/own")
        #expect(try stripped("/api/own", base: "/api", routes: ["GET /apis/own"]) == "/own")
    }
}
