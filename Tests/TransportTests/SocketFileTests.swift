import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite(.serialized) struct SocketFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "sockets-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private var path: String { folder.appending(path: "s").path }

    private func status() throws -> stat {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return status
    }

    private func mode() throws -> mode_t { try status().st_mode & 0o7777 }

    private func isAnswered() -> Bool {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        return SocketAddress.unix(path: path).withSystemAddress { connect(probe, $0, $1) } == 0
    }

    @Test(arguments: [UInt16(0o600), 0o660, 0o666]) func itHasItsMode(mode wanted: UInt16) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        // Whatever umask leaves.
        let old = umask(0)
        defer { umask(old) }
        let listener = try Listener(bindingTo: .unix(path: path), file: SocketFile(mode: wanted))
        #expect(try mode() == mode_t(wanted))
        #expect(isAnswered())
        withExtendedLifetime(listener) {}
    }

    @Test func aSocketLeftBehindIsReplaced() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for _ in 0..<3 {
            // Its file stays when it goes.
            let listener = try Listener(bindingTo: .unix(path: path))
            #expect(isAnswered())
            withExtendedLifetime(listener) {}
        }
        #expect(!isAnswered())
    }

    @Test func aLivingOneIsNotTouched() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try Listener(bindingTo: .unix(path: path))
        let inode = try status().st_ino
        #expect(throws: SystemError.addressInUse) { try Listener(bindingTo: .unix(path: path)) }
        #expect(try status().st_ino == inode)
        #expect(isAnswered())
        withExtendedLifetime(first) {}
    }

    @Test func oneWhoseQueueIsFullLives() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let busy = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(SocketAddress.unix(path: path).withSystemAddress { bind(busy, $0, $1) } == 0)
        try #require(listen(busy, 0) == 0)
        defer { close(busy) }
        var waiting: [Int32] = []
        defer { for descriptor in waiting { close(descriptor) } }
        for _ in 0..<3 {
            let next = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK, 0)
            waiting.append(next)
            _ = SocketAddress.unix(path: path).withSystemAddress { connect(next, $0, $1) }
        }
        #expect(throws: SystemError.addressInUse) { try Listener(bindingTo: .unix(path: path)) }
    }

    @Test func aSocketOfAnotherTypeIsLeftAlone() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let datagrams = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(datagrams) }
        try #require(SocketAddress.unix(path: path).withSystemAddress { bind(datagrams, $0, $1) } == 0)
        #expect(throws: SystemError.addressInUse) { try Listener(bindingTo: .unix(path: path)) }
    }

    @Test func whatIsNoSocketIsLeftAlone() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("precious".utf8).write(to: URL(filePath: path))
        #expect(throws: SystemError.notASocket) { try Listener(bindingTo: .unix(path: path)) }
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("precious".utf8))
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(throws: SystemError.notASocket) { try Listener(bindingTo: .unix(path: path)) }
        // Nor is what a link leads to.
        try FileManager.default.removeItem(atPath: path)
        let target = folder.appending(path: "t").path
        let behind = try Listener(bindingTo: .unix(path: target))
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        #expect(throws: SystemError.notASocket) { try Listener(bindingTo: .unix(path: path)) }
        withExtendedLifetime(behind) {}
    }

    @Test func manyAtOnceAreOne() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try Listener(bindingTo: .unix(path: path))
        let path = path
        let listeners = await withTaskGroup(of: Listener?.self) { group in
            for _ in 0..<16 { group.addTask { try? Listener(bindingTo: .unix(path: path)) } }
            var found: [Listener] = []
            for await listener in group { if let listener { found.append(listener) } }
            return found
        }
        #expect(listeners.count == 1)
        #expect(isAnswered())
    }

    @Test func ownerAndGroupAreSet() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        guard geteuid() == 0 else { return print("skipped: only root gives files away") }
        let listener = try Listener(
            bindingTo: .unix(path: path), file: SocketFile(mode: 0o660, owner: 65_534, group: 65_534))
        #expect(try status().st_uid == 65_534 && status().st_gid == 65_534)
        #expect(try mode() == 0o660)
        withExtendedLifetime(listener) {}
    }
}

@Suite struct SocketOwnerTests {
    @Test func theOwnerOfAConnection() throws {
        for address in [SocketAddress.ipv4(0x7F00_0001, port: 0), .ipv6(high: 0, low: 1, scope: 0, port: 0)] {
            guard let listener = try? Listener(bindingTo: address) else {
                print("skipped: no IPv6 here")
                continue
            }
            let client = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
            try #require(listener.address.withSystemAddress { connect(client, $0, $1) } == 0)
            // Who says nothing comes in a second late.
            try #require(send(client, "x", 1, 0) == 1)
            guard case .connection(let descriptor, let peer?) = listener.accept() else {
                Issue.record("nobody came")
                return
            }
            defer { close(descriptor) }
            let local = try #require(SocketAddress.ofSocket(descriptor))
            #expect(SocketOwner.find(peer: peer, local: local) == .user(geteuid()))
            // Half-closed by a process that has gone: /proc/net/tcp calls that root's.
            close(client)
            #expect([.nobody, .absent].contains(SocketOwner.find(peer: peer, local: local)))
            // No such connection.
            #expect(SocketOwner.find(peer: peer.with(port: 1), local: local) == .absent)
        }
    }

    @Test func theOwnerOfAUnixConnection() throws {
        var pair: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { for descriptor in pair { close(descriptor) } }
        #expect(SocketOwner.ofUnixPeer(pair[0]) == .user(geteuid()))
        let other = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(other) }
        if case .user(let user) = SocketOwner.ofUnixPeer(other) { #expect(user == .max) }
    }
}
