import Configuration
import Foundation
import Testing

@Suite struct ProblemTests {
    @Test func allAreToldAtOnceWithTheirPlaces() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            api_base_ur: https://a.example.com
            log_level: loud
            listen:
              - 127.0.0.1:22786
              - nowhere
            loops: 0
            connect_timeout:
            origins: {a: b}
            via: [a, b]
            """, to: "c.yaml")
        let found = problems(
            ["CARTOUCHE_LOG_FORMAT": "xml"],
            flags: ["max_fields": ["1", "2"], "nonsense": ["x"], "client_secret": ["s"]],
            file: file)
        #expect(
            Set(found.map { $0.place.description.replacingOccurrences(of: file, with: "F") }) == [
                "F:1:1", "F:2:12", "F:5:5", "F:6:8", "F:7:17", "F:8:10", "F:9:6", "$CARTOUCHE_LOG_FORMAT",
                "--max-fields", "--nonsense", "--client-secret",
            ])
        #expect(
            found.first { $0.rule == .keysAreKnown && $0.place == .file(file, line: 1, column: 1) }?.suggestion
                == "did you mean api_base_url?")
    }

    @Test func whatIsQuotedOfAFileStaysOnOneLine() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("routes:\n  - match: \"GET v3/\\t\\x1B[2J\\u2028\"\n", to: "c.yaml")
        let told = problems([:], file: file).map(\.message)
        #expect(told == ["match: the path \"v3/\\u{9}\\u{1b}[2J\\u{2028}\" must begin with /"])
    }

    @Test func theMissingBaseNamesTheRegions() {
        let found = problems(["CARTOUCHE_API_BASE_URL": ""])
        #expect(found.map(\.rule) == [.requiredKeysAreGiven])
        #expect(found[0].description.contains("https://gcp-europe-west1.api.carto.com"))
        #expect(found[0].description.contains("$CARTOUCHE_API_BASE_URL"))
    }

    @Test(arguments: [
        "https://gcp-us-east1.api.carto.com/v3", "https://carto.example.com/api/v3/", "https://app.carto.com",
        "https://workspace-gcp-us-east1.app.carto.com", "https://auth.carto.com",
    ])
    func basesOfTheWrongPlaceAreNamed(url: String) {
        let found = problems(["CARTOUCHE_API_BASE_URL": url])
        #expect(found.map(\.place) == [.variable("CARTOUCHE_API_BASE_URL")])
        #expect(found.allSatisfy { $0.suggestion != nil })
    }

    @Test func noCredentialIsNamed() {
        let found = problems(["CARTOUCHE_API_ACCESS_TOKEN": ""])
        #expect(found.map(\.rule) == [.requiredKeysAreGiven])
        #expect(found[0].message == "no credential is given")
    }

    @Test(arguments: [
        (["CARTOUCHE_CLIENT_ID": "id"], "$CARTOUCHE_CLIENT_ID"),
        (["CARTOUCHE_CLIENT_SECRET": "s"], "$CARTOUCHE_CLIENT_SECRET"),
        (
            ["CARTOUCHE_CLIENT_SECRET": "s", "CARTOUCHE_CLIENT_ID": "id", "CARTOUCHE_CLIENT_SECRET_COMMAND": "x"],
            "$CARTOUCHE_CLIENT_SECRET_COMMAND"
        ),
        (["CARTOUCHE_MAX_REQUEST_HEAD": "1KiB", "CARTOUCHE_MAX_REQUEST_LINE": "2KiB"], "$CARTOUCHE_MAX_REQUEST_LINE"),
    ])
    func contradictionsAreNamed(environment: [String: String], place: String) {
        let found = problems(environment)
        #expect(found.map(\.rule) == [.settingsAgree])
        #expect(found.map(\.place.description) == [place])
    }

    @Test func aSmallHeadBoundsTheLine() throws {
        #expect(try load(["CARTOUCHE_MAX_REQUEST_HEAD": "8KiB"]).settings.limits.requestLine == 8192)
    }

    @Test(arguments: ["0.0.0.0:22786", "[::]:22786", "192.0.2.1:80"])
    func openListenersHaveToBeAskedFor(address: String) throws {
        let listen = ["CARTOUCHE_LISTEN": address]
        let found = problems(listen)
        #expect(found.map(\.rule) == [.listenersAreLocal])
        #expect(found[0].suggestion?.contains("insecure_allow_unauthenticated and insecure_allow_plaintext") == true)
        #expect(found[0].suggestion?.contains("set clients: keys or tls_client_ca_file and write https://") == true)
        #expect(problems(listen.merging(["CARTOUCHE_INSECURE_ALLOW_PLAINTEXT": "on"]) { $1 }).count == 1)
        let both = listen.merging([
            "CARTOUCHE_INSECURE_ALLOW_PLAINTEXT": "on", "CARTOUCHE_INSECURE_ALLOW_UNAUTHENTICATED": "on",
        ]) { $1 }
        #expect(try load(both).settings.insecure.allowsUnauthenticated)
    }

    @Test(arguments: [
        ("", 0), ("# nothing\n", 0), ("just text\n", 1), ("- a\n- b\n", 1), ("via: [\n", 1), ("\tvia: x\n", 1),
        ("via: a\nvia: b\n", 1), ("via: &a x\n", 1), ("via: *a\n", 1), ("? [a]\n: b\n", 1),
        ("via: a\n---\nvia: b\n", 1),
        ("via: \"a\u{7}\"\n", 1), ("a: {b: {c: {d: {e: {f: {g: {h: {i: 1}}}}}}}}\n", 1),
    ])
    func malformedFiles(text: String, count: Int) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, to: "c.yaml")
        if count == 0 {
            #expect(throws: Never.self) { try load(file: file) }
        } else {
            let found = problems(file: file)
            #expect(found.count == count, "\(found)")
        }
    }

    /// Nested as deep as the library lets it, on a thread with little stack.
    @Test func nestingIsNoDanger() async throws {
        for depth in [900, 100_000] {
            let text = "via: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect(throws: ConfigurationProblem.self) { try DocumentReader(fileName: "x").read(Array(text.utf8)) }
        }
    }

    @Test func bytesThatAreNoTextAreNoConfiguration() {
        #expect(throws: ConfigurationProblem.self) { try DocumentReader(fileName: "x").read([0x76, 0x3A, 0x20, 0xFF]) }
        #expect(throws: ConfigurationProblem.self) { try DocumentReader(fileName: "x").read([0xFF, 0xFE, 0x00]) }
    }

    /// Whatever is wrong with a secret, or around it, it is not printed.
    @Test(arguments: [
        "client_secret: [CANARY]\n", "client_secret: {a: CANARY}\n", "client_secret: \" CANARY\"\n",
        "client_secret: \"CANARY\\nx\"\n", "api_access_token: \"Bearer CANARY\"\n", "api_access_token: CANARY CANARY\n",
        "oauth_access_token: [CANARY, CANARY]\n", "client_secret: CANARY\nclient_secret: CANARY\n",
        "client_secret: \"CANARY\n", "client_secret: CANARY: CANARY\n", "client_secret: CANARY\n",
        "client_secret_command: [/nonexistent/program, CANARY]\n", "client_secret_command: exit 3 # CANARY\n",
        "credentials: [{name: x, client_secret: CANARY}]\n", "credentials: [{name: x, client_secret: [CANARY]}]\n",
        "client_secret: CANARY\nclient_secret_file: /nonexistent\n", "{client_secret:CANARY}\n",
        "{client_secret:CANARY, client_secret:CANARY}\n", "client_secret=CANARY\n", "{client_secret=CANARY: 1}\n",
        "credentials: [{name: x, client_id=CANARY: }]\n",
    ])
    func secretsAreNeverPrinted(text: String) throws {
        let folder = try TemporaryFolder()
        let found = problems(["CARTOUCHE_API_ACCESS_TOKEN": ""], file: try folder.write(text, to: "c.yaml"))
        #expect(!found.isEmpty)
        #expect(!found.contains { "\($0)\(String(reflecting: $0))".contains("CANARY") }, "\(found)")
    }

    @Test func secretsOfTheEnvironmentAreNeverPrinted() throws {
        let found = problems(["CARTOUCHE_CLIENT_SECRET": "CANARY\u{1}", "CARTOUCHE_API_ACCESS_TOKEN": "CANARY CANARY"])
        #expect(found.count == 3)
        #expect(!found.contains { "\($0)".contains("CANARY") })
    }
}
