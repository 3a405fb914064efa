#if os(Linux)
    import CSystem
    import Foundation
    import Testing
    import Transport

    @testable import Confinement

    /// What a confined process can do and what it cannot, shown by one that tries.
    @Suite(
        "A confined process", .enabled(if: Landlock.version >= 6, "this kernel's Landlock has not all parts"),
        .disabled(if: Sanitizer.isPresent, "a program built with a sanitizer is not confined"))
    struct ConfinementTests {
        @Test("All parts are in force")
        func outcome() async throws { #expect(try await Probe.attempt("outcome") == .code(0)) }

        // MARK: Files

        @Test("Files nobody named cannot be opened, listed, made, changed, replaced or removed", arguments: [
            "read", "append", "create", "replace", "remove",
        ])
        func strangeFiles(_ attempt: String) async throws {
            let folder = try TestFolder()
            let path = attempt == "create" ? folder.path + "/new" : folder.file
            #expect(try await Probe.attempt(attempt, path) == .code(EACCES))
            #expect(try await Probe.attempt("list", folder.path) == .code(EACCES))
        }

        @Test("Its own threads are confined as well")
        func threads() async throws {
            let folder = try TestFolder()
            #expect(try await Probe.attempt("thread-read", folder.file) == .code(EACCES))
            #expect(try await Probe.attempt("--read", folder.path, "thread-read", folder.file) == .code(0))
        }

        @Test("A folder to read is not one to write")
        func reading() async throws {
            let folder = try TestFolder()
            #expect(try await Probe.attempt("--read", folder.path, "read", folder.file) == .code(0))
            #expect(try await Probe.attempt("--read", folder.path, "list", folder.path) == .code(0))
            #expect(try await Probe.attempt("--read", folder.path, "append", folder.file) == .code(EACCES))
            #expect(try await Probe.attempt("--read", folder.path, "create", folder.path + "/new") == .code(EACCES))
        }

        @Test("A folder to keep things in is one to do all of it", arguments: [
            "read", "append", "replace", "remove",
        ])
        func keeping(_ attempt: String) async throws {
            let folder = try TestFolder()
            #expect(try await Probe.attempt("--keep", folder.path, attempt, folder.file) == .code(0))
            #expect(try await Probe.attempt("--keep", folder.path, "create", folder.path + "/new") == .code(0))
        }

        @Test("Files are opened to nobody else, wherever they are")
        func modes() async throws {
            let folder = try TestFolder()
            #expect(try await Probe.attempt("mode", folder.file) == .code(EPERM))
            #expect(try await Probe.attempt("--keep", folder.path, "mode", folder.file) == .code(EPERM))
        }

        @Test("What files are there can be asked; what the watch on secrets needs")
        func status() async throws {
            let folder = try TestFolder()
            #expect(try await Probe.attempt("status", folder.file) == .code(0))
        }

        @Test("What the resolver reads can be read, and not changed")
        func systemFiles() async throws {
            #expect(try await Probe.attempt("read", "/etc/hosts") == .code(0))
            #expect(try await Probe.attempt("append", "/etc/hosts") == .code(EACCES))
            #expect(try await Probe.attempt("read", "/proc/self/stat") == .code(0))
            #expect(try await Probe.attempt("list", "/proc") == .code(EACCES))
            #expect(try await Probe.attempt("read", "/proc/\(getpid())/environ") == .code(EACCES))
            #expect(try await Probe.attempt("resolve", "localhost") == .code(0))
        }

        // MARK: The network

        @Test("Only the ports named are connected to")
        func ports() async throws {
            let listener = try Listener(bindingTo: .ipv4(0x7F00_0001, port: 0))
            let port = "\(try #require(listener.address.port))"
            #expect(try await Probe.attempt("connect", port) == .code(EACCES))
            #expect(try await Probe.attempt("--port", port, "connect", port) == .code(0))
            // Roads on which the kernel asks nobody whether the port is allowed.
            #expect(try await Probe.attempt("fast-open", port) == .code(EPERM))
            #expect(try await Probe.attempt("other-protocol") == .code(EAFNOSUPPORT))
        }

        @Test("No port is listened on, no packet made by hand")
        func listening() async throws {
            #expect(try await Probe.attempt("bind") == .code(EACCES))
            #expect(try await Probe.attempt("listen") == .code(EPERM))
            #expect(try await Probe.attempt("packets") == .code(EAFNOSUPPORT))
            #expect(try await Probe.attempt("datagrams") == .code(0))
        }

        @Test("Unix-domain sockets of others are out of reach, with a file and without")
        func localSockets() async throws {
            let folder = try TestFolder()
            let path = folder.path + "/socket"
            for (name, attempt, argument) in [
                (Array(path.utf8), "by-path", path),
                ([0] + Array("cartouche-test-\(getpid())".utf8), "abstract", "cartouche-test-\(getpid())"),
            ] {
                let listener = listening(byName: name)
                #expect(listener >= 0)
                #expect(try await Probe.attempt("--keep", folder.path, attempt, argument) == .code(EAFNOSUPPORT))
                close(listener)
            }
            // One of a pair could be connected to another place later.
            #expect(try await Probe.attempt("pair") == .code(EPERM))
        }

        /// On a Unix-domain socket: at a path, or by a name that begins with NUL.
        private func listening(byName name: [UInt8]) -> Int32 {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
            let descriptor = socket(AF_UNIX, 1, 0)
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(2 + name.count))
                }
            }
            return result == 0 && listen(descriptor, 1) == 0 ? descriptor : -1
        }

        @Test("Processes of others are sent no signal, by no road, and are not slowed down")
        func otherProcesses() async throws {
            #expect(try await Probe.attempt("signal", "\(getpid())") == .code(EPERM))
            #expect(try await Probe.attempt("signal-self") == .code(0))
            #expect(try await Probe.attempt("owner") == .code(EINVAL))
            #expect(try await Probe.attempt("nice") == .code(EPERM))
            // Dispatch sets that of its threads.
            #expect(try await Probe.attempt("nice-self") == .code(0))
        }

        // MARK: System calls

        @Test("Running, tracing and reading another program ends it", arguments: ["execute", "trace", "peek"])
        func hostile(_ attempt: String) async throws { #expect(try await Probe.attempt(attempt) == .signal(SIGSYS)) }

        @Test("It starts threads and no processes")
        func processes() async throws {
            #expect(try await Probe.attempt("thread") == .code(0))
            #expect(try await Probe.attempt("fork") == .code(EPERM))
            #expect(try await Probe.attempt("start") == .code(EPERM))
        }

        @Test("It cannot make code, nor show its memory")
        func memory() async throws {
            #expect(try await Probe.attempt("memory") == .code(0))
            #expect(try await Probe.attempt("code") == .code(EPERM))
            #expect(try await Probe.attempt("executable") == .code(EPERM))
            #expect(try await Probe.attempt("exposure") == .code(EINVAL))
            #expect(try await Probe.attempt("unknown") == .code(ENOSYS))
        }

        @Test("It dies as any other")
        func dying() async throws { #expect(try await Probe.attempt("abort") == .signal(SIGABRT)) }

        // MARK: The steward

        @Test("The steward opens what is named, refuses what is not, and its end is noticed")
        func steward() async throws {
            let folder = try TestFolder()
            #expect(try await Probe.attempt("steward", folder.file) == .code(0))
        }
    }
#endif
