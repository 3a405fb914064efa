import Configuration
import Foundation
import Testing

@Suite struct PeerSettingsTests {
    @Test func byDefaultEverybodyOfThisMachine() throws {
        let peers = try load().settings.peers
        #expect(peers.users.isEmpty && peers.ranges.isEmpty)
        #expect(peers.socketMode == 0o600 && peers.socketOwner == nil && peers.socketGroup == nil)
        #expect(try load().settings.listenerTLS == nil)
    }

    @Test func usersByNumberAndByName() throws {
        let peers = try load(["CARTOUCHE_ALLOW_UIDS": "1000,root,0"]).settings.peers
        #expect(peers.users == [1000, 0])
    }

    @Test func whatAnotherFileSaysIsTaken() throws {
        let peers = try load([
            "CARTOUCHE_UNIX_SOCKET_MODE": "0660", "CARTOUCHE_UNIX_SOCKET_OWNER": "root",
            "CARTOUCHE_UNIX_SOCKET_GROUP": "7",
        ]).settings.peers
        #expect(peers.socketMode == 0o660 && peers.socketOwner == 0 && peers.socketGroup == 7)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.0.0.0", 8), ("192.0.2.7", "192.0.2.7", 32), ("0.0.0.0/0", "0.0.0.0", 0),
        ("fd00::/8", "fd00::", 8), ("2001:db8::1", "2001:db8::1", 128), ("::/0", "::", 0),
        // An IPv4-mapped range is the IPv4 one it stands for.
        ("::ffff:10.0.0.0/104", "10.0.0.0", 8), ("::ffff:192.0.2.7", "192.0.2.7", 32), ("::ffff:0:0/96", "0.0.0.0", 0),
    ])
    func ranges(text: String, address: String, length: Int) throws {
        let ranges = try load(["CARTOUCHE_ALLOW_FROM": text]).settings.peers.ranges
        #expect(ranges.map(\.address.description) == [address])
        #expect(ranges.map(\.length) == [length])
    }

    @Test(arguments: [
        ("CARTOUCHE_ALLOW_FROM", "10.0.0.1/8"), ("CARTOUCHE_ALLOW_FROM", "10.0.0.0/33"),
        ("CARTOUCHE_ALLOW_FROM", "10.0.0.0/"), ("CARTOUCHE_ALLOW_FROM", "10.0.0.0/08"),
        ("CARTOUCHE_ALLOW_FROM", "10.0.0.0/8/8"), ("CARTOUCHE_ALLOW_FROM", "10/8"),
        ("CARTOUCHE_ALLOW_FROM", "example.com"), ("CARTOUCHE_ALLOW_FROM", "fd00::1/8"),
        ("CARTOUCHE_ALLOW_FROM", "fd00::/129"), ("CARTOUCHE_ALLOW_FROM", "0x0a.0.0.0/8"),
        ("CARTOUCHE_ALLOW_UIDS", "no-such-user-here"), ("CARTOUCHE_ALLOW_UIDS", "-1"),
        ("CARTOUCHE_ALLOW_UIDS", "4294967295"), ("CARTOUCHE_ALLOW_UIDS", "01"),
        ("CARTOUCHE_UNIX_SOCKET_MODE", "0777"), ("CARTOUCHE_UNIX_SOCKET_MODE", "0060"),
        ("CARTOUCHE_UNIX_SOCKET_MODE", "4600"), ("CARTOUCHE_UNIX_SOCKET_MODE", "u=rw"),
        ("CARTOUCHE_UNIX_SOCKET_MODE", "600x"), ("CARTOUCHE_UNIX_SOCKET_GROUP", "no-such-group-here"),
    ])
    func refused(variable: String, value: String) {
        let found = problems([variable: value])
        #expect(found.map(\.rule) == [.valuesHaveTheirType])
        #expect(found.map(\.place.description) == ["$\(variable)"])
    }
}

@Suite struct ListenerTLSTests {
    private let folder: TemporaryFolder
    private let files: [String: String]

    init() throws {
        folder = try TemporaryFolder()
        let certificate = try folder.write("certificate", to: "server.pem")
        let key = try folder.write("key", to: "server.key")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        let authority = try folder.write("authority", to: "ca.pem")
        files = [
            "CARTOUCHE_TLS_CERTIFICATE_FILE": certificate, "CARTOUCHE_TLS_KEY_FILE": key,
            "CARTOUCHE_TLS_CLIENT_CA_FILE": authority, "CARTOUCHE_LISTEN": "https://0.0.0.0:8443",
        ]
    }

    private func with(_ changes: [String: String?]) -> [String: String] {
        var result = files
        for (name, value) in changes { result[name] = value }
        return result
    }

    @Test func certificatesOfClientsOpenTheNetwork() throws {
        let tls = try #require(try load(files).settings.listenerTLS)
        #expect(tls.clientCertificates == .required)
        #expect(tls.certificates == Array("certificate".utf8))
        #expect(tls.key.count == 3 && tls.clientAuthorities == Array("authority".utf8))
    }

    @Test func optionalOnesDoNot() throws {
        let optional = with(["CARTOUCHE_TLS_CLIENT_CERTIFICATES": "optional"])
        #expect(problems(optional).map(\.rule) == [.listenersAreLocal])
        let open = with([
            "CARTOUCHE_TLS_CLIENT_CERTIFICATES": "optional", "CARTOUCHE_INSECURE_ALLOW_UNAUTHENTICATED": "on",
        ])
        #expect(try load(open).settings.listenerTLS?.clientCertificates == .optional)
    }

    @Test func norDoesTLSAlone() {
        let found = problems(with(["CARTOUCHE_TLS_CLIENT_CA_FILE": nil]))
        #expect(found.map(\.rule) == [.listenersAreLocal])
        #expect(found[0].suggestion?.contains("insecure_allow_plaintext") == false)
    }

    @Test func certificatesWithoutTLSProveNothing() {
        // The plain one of the two is open to everybody.
        let found = problems(with(["CARTOUCHE_LISTEN": "https://0.0.0.0:8443,0.0.0.0:8080"]))
        #expect(found.map(\.rule) == [.listenersAreLocal])
        #expect(found[0].message.contains("0.0.0.0:8080"))
    }

    @Test func loopbackNeedsNone() throws {
        let local = with(["CARTOUCHE_LISTEN": "https://127.0.0.1:8443", "CARTOUCHE_TLS_CLIENT_CA_FILE": nil])
        #expect(try load(local).settings.listenerTLS?.clientAuthorities == nil)
    }

    @Test func halfIsNothing() {
        let lacking = with(["CARTOUCHE_TLS_KEY_FILE": nil, "CARTOUCHE_INSECURE_ALLOW_UNAUTHENTICATED": "on"])
        #expect(problems(lacking).contains { $0.rule == .requiredKeysAreGiven })
        let unused = with(["CARTOUCHE_LISTEN": "127.0.0.1:8080"])
        #expect(problems(unused).allSatisfy { $0.rule == .settingsAgree })
    }

    @Test(arguments: [0o640, 0o604, 0o644]) func theKeyIsItsOwnersAlone(mode: Int) throws {
        let path = try #require(files["CARTOUCHE_TLS_KEY_FILE"])
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        // A file of root's may be readable by its group.
        if geteuid() == 0, mode == 0o640 { return }
        let found = problems(files)
        #expect(found.map(\.rule) == [.filesAreProtected])
        #expect(found[0].suggestion?.hasPrefix("run: chmod 600") == true)
    }

    @Test func theCertificateIsNobodyElsesToWrite() throws {
        let path = try #require(files["CARTOUCHE_TLS_CERTIFICATE_FILE"])
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path)
        #expect(problems(files).map(\.rule) == [.filesAreProtected])
    }
}
