import Configuration
import Credentials
import Foundation
import Secrets
import Testing

@Suite struct SecretWatchTests {
    private let folder: TemporaryFolder
    private let start = Instant(boot: .seconds(1_000), wall: .seconds(Int64(Date().timeIntervalSince1970)))

    init() throws { folder = try TemporaryFolder() }

    /// A watch over what these settings name, as the program has just started.
    private func watch(_ environment: [String: String]) throws -> SecretWatch {
        let complete = environment.merging(["CARTOUCHE_API_BASE_URL": "https://api.example"]) { own, _ in own }
        let settings = try loader(complete).load().settings
        return SecretWatch(
            settings.credentials, loader: SecretLoader(environment: [:]),
            commandInterval: settings.tokens.secretCommandInterval, at: start)
    }

    private func after(_ seconds: Int64) -> Instant {
        Instant(boot: start.boot + .seconds(seconds), wall: start.wall + .seconds(seconds))
    }

    /// An unsigned token that ends that many seconds after the start.
    private func token(endingAfter seconds: Int64, serial: Int) -> String {
        func part(_ text: String) -> String {
            Data(text.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
                .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        }
        let end = (start.wall + .seconds(seconds)).wholeSeconds
        return part(#"{"alg":"RS256"}"#) + "." + part(#"{"exp":\#(end),"aud":"a","n":\#(serial)}"#) + ".c2ln"
    }

    private func replaced(_ findings: [SecretWatch.Finding]) -> Secret? {
        guard findings.count == 1, case .replaced(credential: 0, let secret)? = findings.first else { return nil }
        return secret
    }

    private func refused(_ findings: [SecretWatch.Finding]) -> SecretWatch.Refusal? {
        guard findings.count == 1, case .refused(credential: 0, let refusal)? = findings.first else { return nil }
        return refusal
    }

    @Test func aFileIsReadOnceItHasSettled() throws {
        let file = try folder.write("an.old-token", to: "token")
        var watch = try watch(["CARTOUCHE_API_ACCESS_TOKEN_FILE": file])
        #expect(watch.isNeeded)
        for second in 1...3 as ClosedRange<Int64> { #expect(watch.look(at: after(second), isAsked: false).isEmpty) }
        try folder.write("a.new-tok", to: "token")
        #expect(watch.look(at: after(4), isAsked: false).isEmpty)
        try folder.write("a.new-token", to: "token")
        #expect(watch.look(at: after(5), isAsked: false).isEmpty, "it is still being written")
        let secret = replaced(watch.look(at: after(6), isAsked: false))
        #expect(secret?.matches(Secret("a.new-token")) == true)
        #expect(watch.look(at: after(7), isAsked: false).isEmpty)
    }

    @Test func aFileChangedBeforeTheFirstLookIsNoticed() throws {
        let file = try folder.write("an.old-token", to: "token")
        var watch = try watch(["CARTOUCHE_API_ACCESS_TOKEN_FILE": file])
        try folder.write("a.new-token", to: "token")
        #expect(watch.look(at: after(1), isAsked: false).isEmpty)
        #expect(replaced(watch.look(at: after(2), isAsked: false)) != nil)
    }

    @Test func whoAsksIsAnsweredAtOnce() throws {
        let file = try folder.write("an.old-token", to: "token")
        var watch = try watch(["CARTOUCHE_API_ACCESS_TOKEN_FILE": file])
        #expect(watch.look(at: after(1), isAsked: true).isEmpty, "it is the same")
        try folder.write("a.new-token", to: "token")
        #expect(replaced(watch.look(at: after(1), isAsked: true)) != nil)
    }

    @Test func aLinkThatLeadsElsewhereIsNoticed() throws {
        try folder.write("an.old-token", to: "1/token")
        try folder.write("a.new-token", to: "2/token")
        let link = folder.path + "/current"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path + "/1")
        var watch = try watch(["CARTOUCHE_API_ACCESS_TOKEN_FILE": link + "/token"])
        for second in 1...2 as ClosedRange<Int64> { _ = watch.look(at: after(second), isAsked: false) }
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path + "/2")
        #expect(watch.look(at: after(3), isAsked: false).isEmpty)
        #expect(replaced(watch.look(at: after(4), isAsked: false))?.matches(Secret("a.new-token")) == true)
    }

    @Test func whatIsWrongIsSaidOnceAndMendedLater() throws {
        let file = try folder.write("an.old-token", to: "token")
        var watch = try watch(["CARTOUCHE_API_ACCESS_TOKEN_FILE": file])
        try folder.write("", to: "token")
        #expect(refused(watch.look(at: after(1), isAsked: true)) == .unusable(.empty))
        #expect(watch.look(at: after(2), isAsked: true).isEmpty)
        try folder.write("a.new-token", to: "token", mode: 0o644)
        let readable = SecretProblem.file(.readableByOthers(path: file))
        #expect(refused(watch.look(at: after(3), isAsked: true)) == .unusable(readable))
        try folder.write(token(endingAfter: 3_600, serial: 1), to: "token")
        #expect(refused(watch.look(at: after(4), isAsked: true)) == .wrongKind(.oauth))
        try folder.write("a.new-token", to: "token")
        #expect(replaced(watch.look(at: after(5), isAsked: true)) != nil)
    }

    @Test func aClientsSecretIsNoToken() throws {
        let file = try folder.write("a secret", to: "secret")
        var watch = try watch(["CARTOUCHE_CLIENT_ID": "id", "CARTOUCHE_CLIENT_SECRET_FILE": file])
        try folder.write(token(endingAfter: 3_600, serial: 1), to: "secret")
        #expect(refused(watch.look(at: after(1), isAsked: true)) == .wrongKind(.oauth))
    }

    @Test func anExpiredTokenIsNotTaken() throws {
        let file = try folder.write(token(endingAfter: 3_600, serial: 1), to: "token")
        var watch = try watch(["CARTOUCHE_OAUTH_ACCESS_TOKEN_FILE": file])
        try folder.write(token(endingAfter: 60, serial: 2), to: "token")
        #expect(refused(watch.look(at: after(60), isAsked: true)) == .expired)
    }

    @Test func aCommandIsRunAtItsInterval() throws {
        let file = try folder.write("an.old-token", to: "token")
        var watch = try watch([
            "CARTOUCHE_API_ACCESS_TOKEN_COMMAND": "cat \(file)", "CARTOUCHE_SECRET_COMMAND_INTERVAL": "1m",
        ])
        try folder.write("a.new-token", to: "token")
        #expect(watch.look(at: after(59), isAsked: false).isEmpty)
        #expect(replaced(watch.look(at: after(60), isAsked: false)) != nil)
        try folder.write("a.newer-token", to: "token")
        #expect(watch.look(at: after(119), isAsked: false).isEmpty)
        #expect(replaced(watch.look(at: after(120), isAsked: false)) != nil)
    }

    @Test func withoutAnIntervalACommandIsRunWhenAsked() throws {
        let file = try folder.write("an.old-token", to: "token")
        var watch = try watch(["CARTOUCHE_API_ACCESS_TOKEN_COMMAND": "cat \(file)"])
        try folder.write("a.new-token", to: "token")
        #expect(watch.look(at: after(1_000_000), isAsked: false).isEmpty)
        #expect(replaced(watch.look(at: after(1_000_000), isAsked: true)) != nil)
    }

    /// A token of an hour is asked for anew ten minutes before it ends, and if there is none yet, again and again.
    @Test func aCommandIsRunAgainBeforeItsTokenEnds() throws {
        let file = try folder.write(token(endingAfter: 3_600, serial: 1), to: "token")
        var watch = try watch(["CARTOUCHE_OAUTH_ACCESS_TOKEN_COMMAND": "cat \(file)"])
        #expect(watch.look(at: after(2_999), isAsked: false).isEmpty)
        #expect(watch.look(at: after(3_000), isAsked: false).isEmpty, "it is the same")
        try folder.write(token(endingAfter: 7_200, serial: 2), to: "token")
        #expect(watch.look(at: after(3_059), isAsked: false).isEmpty)
        // Three quarters of the ten minutes that are left have to pass first.
        #expect(watch.look(at: after(3_449), isAsked: false).isEmpty)
        #expect(replaced(watch.look(at: after(3_450), isAsked: false)) != nil)
    }

    @Test func whatCannotChangeIsNotWatched() throws {
        #expect(try !watch(["CARTOUCHE_API_ACCESS_TOKEN": "an.old-token"]).isNeeded)
    }
}
