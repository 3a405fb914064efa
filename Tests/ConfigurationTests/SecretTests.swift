import Configuration
import Foundation
import Secrets
import Testing

@Suite struct SecretTests {
    private let loader = SecretLoader(environment: ["PATH": "/usr/bin:/bin"], timeLimit: .seconds(20), trust: .current)

    private func text(_ secret: Secret) -> String {
        secret.withExposedBytes { span in String(decoding: (0..<span.count).map { span[$0] }, as: UTF8.self) }
    }

    private func failure(_ source: SecretSource, as content: SecretContent = .clientSecret) -> SecretProblem? {
        do throws(SecretProblem) { _ = try loader.load(source, as: content) } catch { return error }
        return nil
    }

    @Test(arguments: [
        ("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("pass word", "pass word"),
        ("ünï", "ünï"), ("a=b&c\"d'e", "a=b&c\"d'e"),
    ])
    func aFileHoldsOneLine(content: String, expected: String) throws {
        let file = try TemporaryFolder()
        let path = try file.write(content, to: "secret")
        #expect(text(try loader.load(.file(path: path), as: .clientSecret)) == expected)
    }

    @Test(arguments: [
        ("", SecretProblem.empty), ("\n", .empty), ("\r\n", .empty), ("a\nb", .severalLines), ("a\n\n", .severalLines),
        ("a\rb", .severalLines), ("a\u{0}b", .controlCharacters), ("a\tb", .controlCharacters),
        ("a\u{7F}", .controlCharacters), (" a", .surroundedBySpaces), ("a ", .surroundedBySpaces),
        (String(repeating: "x", count: (16 << 10) + 1), .tooLong),
    ])
    func contentIsChecked(content: String, expected: SecretProblem) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(content, to: "secret")
        #expect(failure(.file(path: path)) == expected)
    }

    @Test(arguments: [
        ("a b", SecretProblem.notATokensCharacters), ("Bearer abc", .namesAScheme), ("bearer abc", .namesAScheme),
        ("\"abc\"", .notATokensCharacters), ("tökn", .notATokensCharacters),
    ])
    func tokensAreChecked(content: String, expected: SecretProblem) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(content, to: "token")
        #expect(failure(.file(path: path), as: .token) == expected)
    }

    @Test func theLongestSecretFits() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(String(repeating: "x", count: 16 << 10) + "\r\n", to: "secret")
        #expect(try loader.load(.file(path: path), as: .clientSecret).count == 16 << 10)
        let larger = try folder.write(String(repeating: "x", count: 1 << 20), to: "larger")
        #expect(failure(.file(path: larger)) == .file(.tooLarge(path: larger, limit: (16 << 10) + 2)))
    }

    @Test(arguments: [
        (SecretCommand.program(["printf", "%s\n", "s3cret"]), "s3cret"), (.shell("printf s3c; printf ret"), "s3cret"),
        (.program(["/bin/echo", "a;b $HOME `id`"]), "a;b $HOME `id`"),
        (.shell("cat; echo none"), "none"),
    ])
    func commandsPrintSecrets(command: SecretCommand, expected: String) throws {
        #expect(text(try loader.load(.command(command), as: .clientSecret)) == expected)
    }

    @Test func commandsFail() {
        #expect(failure(.command(.shell("echo s3cret; exit 3"))) == .command(.exited(code: 3)))
        #expect(failure(.command(.shell("echo s3cret; kill -9 $$"))) == .command(.killed(signal: 9)))
        #expect(failure(.command(.program(["/nonexistent"]))) == .command(.notStarted(SystemError(code: ENOENT))))
        #expect(failure(.command(.program([]))) == .command(.notStarted(SystemError(code: EINVAL))))
        #expect(failure(.command(.shell("true"))) == .empty)
        #expect(failure(.command(.shell("yes"))) == .command(.outputTooLong(limit: (16 << 10) + 2)))
    }

    /// Neither a program that says nothing, nor one that closed its output, nor the children of either outlive
    /// the limit.
    @Test(arguments: ["sleep 600", "echo s3cret; exec >&-; sleep 600", "sleep 600 & sleep 600 & wait"])
    func commandsAreStopped(command: String) throws {
        let folder = try TemporaryFolder()
        let note = folder.path + "/pid"
        let limited = SecretLoader(
            environment: ["PATH": "/usr/bin:/bin"], timeLimit: .milliseconds(300), trust: .current)
        var caught: SecretProblem?
        do throws(SecretProblem) {
            _ = try limited.load(.command(.shell("echo $$ > \(note); \(command)")), as: .clientSecret)
        } catch { caught = error }
        #expect(caught == .command(.timedOut(after: .milliseconds(300))))
        let group = try #require(Int32(String(contentsOfFile: note, encoding: .utf8).trimmingCharacters(in: .newlines)))
        // Children that lost their parent are reaped by another process, in its own time.
        var isGone = false
        for _ in 0..<1000 where !isGone {
            isGone = kill(-group, 0) != 0 && errno == ESRCH || allAreZombies(group)
            if !isGone { usleep(5000) }
        }
        #expect(isGone)
    }

    private func allAreZombies(_ group: Int32) -> Bool {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.compactMap { Int($0) }.allSatisfy { process in
            guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
                let end = status.range(of: ") ", options: .backwards)
            else { return true }
            let fields = status[end.upperBound...].split(separator: " ")
            return fields.count < 3 || fields[2] != "\(group)" || fields[0] == "Z"
        }
    }

    @Test func noTimeMeansNoCommand() throws {
        let folder = try TemporaryFolder()
        let loader = SecretLoader(environment: [:], timeLimit: .zero, trust: .current)
        #expect(throws: SecretProblem.command(.timedOut(after: .zero))) {
            try loader.load(.command(.shell("touch \(folder.path)/ran; echo x")), as: .clientSecret)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func commandsDoNotSeeOurSecrets() throws {
        let environment = [
            "PATH": "/usr/bin:/bin", "CARTOUCHE_CLIENT_SECRET": "x", "clientSecret": "x", "CARTO_API_TOKEN": "x",
            "CARTOUCHE_API_ACCESS_TOKEN": "x", "CARTOUCHE_CLIENT_ID": "id", "VAULT_TOKEN": "vault",
        ]
        let loader = SecretLoader(environment: environment)
        let names = "CARTOUCHE_CLIENT_SECRET clientSecret CARTO_API_TOKEN CARTOUCHE_API_ACCESS_TOKEN"
        let command =
            "for v in \(names); do eval \"printf '%s' \\\"\\${$v-}\\\"\"; done; "
            + "printf %s \"$VAULT_TOKEN$CARTOUCHE_CLIENT_ID\""
        #expect(text(try loader.load(.command(.shell(command)), as: .clientSecret)) == "vaultid")
    }

    @Test func commandsInheritNoDescriptors() throws {
        // One without FD_CLOEXEC, as a service manager hands them over.
        let handed = dup(STDERR_FILENO)
        defer { close(handed) }
        let command = "test -e /proc/self/fd/\(handed) && echo handed on || echo closed"
        #expect(text(try loader.load(.command(.shell(command)), as: .clientSecret)) == "closed")
        #expect(text(try loader.load(.command(.shell("readlink /proc/self/fd/0")), as: .clientSecret)) == "/dev/null")
    }

    @Test func literalsCannotBeFetchedAgain() {
        #expect(failure(.literal(.variable("X"))) == .empty)
        #expect(!SecretSource.literal(.variable("X")).isRenewable && !SecretSource.standardInput.isRenewable)
        #expect(SecretSource.file(path: "/x").isRenewable && SecretSource.command(.shell("x")).isRenewable)
    }

    @Test func sourcesShowNoArguments() {
        #expect("\(SecretSource.command(.program(["op", "read", "CANARY"])))" == "output of \"op\"")
        #expect("\(SecretSource.command(.shell("op read CANARY")))" == "output of \"op\"")
    }

    @Test func allWaysLead() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("from-file\n", to: "client_secret")
        let id = ["CARTOUCHE_CLIENT_ID": "id", "CARTOUCHE_API_ACCESS_TOKEN": ""]
        func secret(_ more: [String: String], flags: [String: [String]] = [:], yaml: String? = nil) throws
            -> LoadedSecret
        {
            let yaml = try yaml.map { try folder.write($0, to: "c.yaml") }
            return try load(id.merging(more) { $1 }, flags: flags, file: yaml).settings.credentials[0].secret
        }
        #expect(text(try secret(["CARTOUCHE_CLIENT_SECRET": "literal"]).secret) == "literal")
        #expect(text(try secret(["CARTOUCHE_CLIENT_SECRET_FILE": file]).secret) == "from-file")
        #expect(text(try secret([:], flags: ["client_secret_file": [file]]).secret) == "from-file")
        #expect(text(try secret(["PATH": "/bin", "CARTOUCHE_CLIENT_SECRET_COMMAND": "echo a b"]).secret) == "a b")
        #expect(text(try secret([:], yaml: "client_secret_command: [/bin/echo, \"a; b\"]\n").secret) == "a; b")
        #expect(text(try secret([:], yaml: "client_secret_command: /bin/echo x; /bin/true\n").secret) == "x")
        #expect(text(try secret([:], yaml: "client_secret: in-yaml\n").secret) == "in-yaml")
        let service = try secret(["CREDENTIALS_DIRECTORY": folder.path])
        #expect(text(service.secret) == "from-file")
        #expect(service.source == .serviceCredential(path: file))
        // Systemd's beats the file's, and is beaten by a variable.
        #expect(
            text(try secret(["CREDENTIALS_DIRECTORY": folder.path], yaml: "client_secret: in-yaml\n").secret)
                == "from-file")
        #expect(text(try secret(["CREDENTIALS_DIRECTORY": folder.path, "clientSecret": "v"]).secret) == "v")
    }
}
