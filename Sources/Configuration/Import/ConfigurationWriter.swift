import Secrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes a draft as a configuration file: commented, for its owner alone, and whole or not at all.
package struct ConfigurationWriter: Sendable {
    package enum Failure: Error, Equatable, Sendable {
        case exists(path: String)
        case folderUnusable(FileProblem)
        case notWritten(path: String, SystemError)

        package var message: String {
            switch self {
            case .exists(let path): "\(path) exists already"
            case .folderUnusable(let problem): problem.message
            case .notWritten(let path, let error): "\(path) could not be written: \(error)"
            }
        }

        package var suggestion: String? {
            switch self {
            case .folderUnusable(let problem): problem.suggestion
            case .exists, .notWritten: nil
            }
        }
    }

    private let trust: FileTrust

    package init() { self.init(trust: .current) }

    package init(trust: FileTrust) { self.trust = trust }

    /// - Parameter replacing: whether a file that is there may be replaced.
    package func write(_ draft: DraftSettings, to path: String, replacing: Bool = false) throws(Failure) {
        try makeFolder(FilePath.folder(of: path))
        do throws(FileProblem) { try trust.checkFolder(of: path) } catch { throw .folderUnusable(error) }
        if !replacing, (try? FileStatus(ofLinkAt: path)) != nil { throw .exists(path: path) }
        var bytes = Self.document(draft)
        defer { wipe(&bytes) }
        let temporary = FilePath.join(
            FilePath.folder(of: path), ".cartouche-\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp")
        do throws(SystemError) {
            try Self.fill(temporary, with: bytes)
            try Self.move(temporary, to: path, replacing: replacing)
        } catch {
            unsafe unlink(temporary)
            if error.code == EEXIST { throw .exists(path: path) }
            throw .notWritten(path: path, error)
        }
    }

    private static func fill(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let file = try FileDescriptor(creating: path)
        try file.writeAll(bytes)
        try file.synchronise()
    }

    private static func move(_ temporary: String, to path: String, replacing: Bool) throws(SystemError) {
        if replacing {
            guard unsafe rename(temporary, path) == 0 else { throw SystemError.last }
        } else {
            // Unlike a rename, a link does not replace what appeared meanwhile.
            guard unsafe link(temporary, path) == 0 else { throw SystemError.last }
            unsafe unlink(temporary)
        }
        // The folder's entry has to last as well. Some file systems cannot do this; the file is there all the same.
        try? FileDescriptor(reading: FilePath.folder(of: path)).synchronise()
    }

    /// Makes what is missing of the folder, for its owner alone.
    private func makeFolder(_ folder: String) throws(Failure) {
        var missing: [String] = []
        var current = folder
        while current != "/", current != ".", (try? FileStatus(following: current)) == nil, missing.count < 16 {
            missing.append(current)
            current = FilePath.folder(of: current)
        }
        for path in missing.reversed() {
            guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw .notWritten(path: path, SystemError.last)
            }
        }
    }

    /// The text of the file. One buffer that is large enough from the start: growing would leave copies of
    /// secrets behind.
    package static func document(_ draft: DraftSettings) -> [UInt8] {
        var bytes: [UInt8] = []
        let secrets = draft.entries.reduce(0) { sum, entry in
            if case .secret(let secret) = entry.value { sum + secret.count * 6 } else { sum }
        }
        let texts = draft.entries.reduce(0) { sum, entry in
            if case .text(let text) = entry.value { sum + text.utf8.count * 6 } else { sum }
        }
        let comments = draft.entries.reduce(0) { $0 + $1.definition.help.utf8.count * 2 + 256 }
        bytes.reserveCapacity(secrets + texts + comments + 1024)
        bytes += "# Cartouche: the settings of `cartouche serve`.\n".utf8
        bytes += "# It holds secrets: keep it to yourself (chmod 600).\n".utf8
        for (definition, value) in draft.entries {
            bytes += "\n".utf8
            for line in Wrapped.lines(definition.help, width: 100) { bytes += "# \(line)\n".utf8 }
            bytes += "\(definition.name): ".utf8
            switch value {
            case .text(let text): YAMLText.append(Array(text.utf8).span, to: &bytes)
            case .secret(let secret): secret.withExposedBytes { YAMLText.append($0, to: &bytes) }
            }
            bytes += "\n".utf8
        }
        return bytes
    }
}
