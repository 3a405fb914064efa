import Configuration
import Foundation
import Testing

@Suite struct ProtectionTests {
    private let base = ["CARTOUCHE_API_BASE_URL": "https://a.example.com", "CARTOUCHE_API_ACCESS_TOKEN": ""]

    private func found(_ more: [String: String] = [:], file: String? = nil, trust: FileTrust = .current)
        -> [ConfigurationProblem]
    {
        do throws(ConfigurationFailure) {
            _ = try SettingsLoader(environment: base.merging(more) { $1 }, trust: trust, systemFolder: "/nonexistent")
                .load(configurationFile: file)
            return []
        } catch {
            return error.problems
        }
    }

    /// A file of root's may be readable by the group it was given to; a file of ours may not.
    private var groupMayRead: Bool { geteuid() == 0 }

    @Test(arguments: [0o600, 0o400, 0o640, 0o604, 0o644, 0o660, 0o620, 0o666] as [mode_t])
    func secretFiles(mode: mode_t) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("token", to: "a token", mode: mode)
        let found = found(["CARTOUCHE_API_ACCESS_TOKEN_FILE": path])
        switch mode {
        case 0o600, 0o400: #expect(found.isEmpty)
        case 0o640: #expect(found.isEmpty == groupMayRead)
        default: #expect(found.map(\.suggestion) == ["run: chmod 600 '\(path)'"])
        }
        #expect(
            found.allSatisfy {
                $0.rule == .filesAreProtected && $0.place == .variable("CARTOUCHE_API_ACCESS_TOKEN_FILE")
            })
    }

    @Test(arguments: [(0o600, true), (0o640, true), (0o644, true), (0o664, false), (0o646, false)] as [(mode_t, Bool)])
    func configurationFiles(mode: mode_t, isAccepted: Bool) throws {
        let folder = try TemporaryFolder()
        let token = try folder.write("token", to: "token")
        let path = try folder.write("api_access_token_file: \(token)\n", to: "c.yaml", mode: mode)
        let found = found(file: path)
        #expect(found.isEmpty == isAccepted)
        #expect(
            found.allSatisfy {
                $0.rule == .filesAreProtected && $0.suggestion == "run: chmod go-w \(path)" || !isAccepted
            })
    }

    @Test(arguments: ["api_access_token: token\n", "credentials: [{name: x, api_access_token: token}]\n"])
    func filesWithSecretsAreForTheOwnerAlone(text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, to: "c.yaml", mode: 0o644)
        #expect(found(file: path).map(\.rule) == [.filesAreProtected])
        #expect(found(file: path).map(\.suggestion) == ["run: chmod 600 \(path)"])
        chmod(path, 0o600)
        #expect(found(file: path).isEmpty)
    }

    @Test func strangersFilesAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("via: x\n", to: "c.yaml")
        let nobody = FileTrust(trustedOwners: [])
        #expect(
            found(file: path, trust: nobody).first?.message
                == "the folder \(folder.path) belongs to another user (id \(geteuid()))")
    }

    @Test func foldersOfOthersAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("api_access_token: x\n", to: "open/c.yaml")
        chmod(folder.path + "/open", 0o777)
        #expect(found(file: path).map(\.suggestion) == ["run: chmod go-w \(folder.path)/open"])
        chmod(folder.path + "/open", 0o1777)
        #expect(found(file: path).isEmpty)
        chmod(folder.path + "/open", 0o775)
        #expect(found(file: path).count == 1)
    }

    @Test func linksAreFollowedWithCare() throws {
        let folder = try TemporaryFolder()
        let target = try folder.write("api_access_token: x\n", to: "data/c.yaml")
        let link = folder.path + "/link.yaml"
        symlink(target, link)
        #expect(found(file: link).isEmpty)
        chmod(folder.path + "/data", 0o777)
        #expect(found(file: link).map(\.rule) == [.filesAreProtected])
        chmod(folder.path + "/data", 0o700)
        unlink(target)
        #expect(found(file: link).map(\.rule) == [.filesAreReadable])
    }

    @Test func whatIsNoFileIsNotReadNorWaitedFor() throws {
        let folder = try TemporaryFolder()
        let fifo = folder.path + "/fifo"
        mkfifo(fifo, 0o600)
        #expect(found(file: fifo).map(\.message) == ["\(fifo) is no regular file"])
        #expect(found(file: folder.path).map(\.message) == ["\(folder.path) is no regular file"])
        #expect(found(["CARTOUCHE_API_ACCESS_TOKEN_FILE": fifo]).count == 1)
        let large = try folder.write(String(repeating: "#", count: (1 << 20) + 1), to: "large.yaml")
        #expect(found(file: large).map(\.message) == ["\(large) is larger than 1MiB"])
    }

    @Test func authoritiesAreFilesToo() throws {
        let folder = try TemporaryFolder()
        let pem = try folder.write("x\n-----BEGIN CERTIFICATE-----\nAAAA\n", to: "ca.pem", mode: 0o644)
        let none = try folder.write("-----BEGIN PRIVATE KEY-----\n", to: "none.pem")
        let token = ["CARTOUCHE_API_ACCESS_TOKEN": "token"]
        func found(_ path: String) -> [ConfigurationProblem] {
            self.found(token.merging(["CARTOUCHE_UPSTREAM_CA_FILE": path]) { $1 })
        }
        #expect(found(pem).isEmpty)
        #expect(found(none).map(\.rule) == [.filesAreWellFormed])
        #expect(found("/nonexistent.pem").map(\.rule) == [.filesAreReadable])
        chmod(pem, 0o666)
        #expect(found(pem).map(\.rule) == [.filesAreProtected])
    }
}
