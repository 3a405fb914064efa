#if os(Linux)
    import Foundation
    import TestSupport

    /// One attempt of a confined process: a program of its own, because what is given up is given up for good.
    struct Probe {
        enum End: Equatable {
            /// 0: it could be done; else the `errno`.
            case code(Int32)
            case signal(Int32)
        }

        static var program: URL {
            URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
                .appending(path: "ConfinementProbe")
        }

        static func attempt(_ arguments: String...) async throws -> End {
            try await blocking {
                let process = Process()
                process.executableURL = program
                process.arguments = arguments
                process.standardOutput = FileHandle.nullDevice
                try process.run()
                process.waitUntilExit()
                return process.terminationReason == .exit
                    ? .code(process.terminationStatus) : .signal(process.terminationStatus)
            }
        }
    }

    /// A folder of the test's own, with a file in it.
    struct TestFolder: ~Copyable {
        let path: String
        var file: String { path + "/file" }

        init() throws {
            path = NSTemporaryDirectory() + "confinement-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data("content".utf8).write(to: URL(filePath: path + "/file"))
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }
#endif
