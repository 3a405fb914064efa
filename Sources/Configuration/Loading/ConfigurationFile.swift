import Secrets

/// The configuration file that is used, and its reading.
struct ConfigurationFile {
    private static let limit = 1 << 20

    let path: String
    /// Whoever named it; places of problems with it as a whole.
    private let namedBy: Place?

    init(path: String, namedBy: Place? = nil) {
        self.path = path
        self.namedBy = namedBy
    }

    /// The file named by flag or variable, else the first that exists of the user's and the system's.
    static func find(
        named path: String?, environment: [String: String], systemFolder: String, _ findings: inout Findings
    ) -> ConfigurationFile? {
        if let path { return named(path, by: .flag("config"), home: environment["HOME"], &findings) }
        if let path = environment[EnvironmentLayer.fileVariable], !path.isEmpty {
            return named(path, by: .variable(EnvironmentLayer.fileVariable), home: environment["HOME"], &findings)
        }
        for path in defaultPaths(environment, systemFolder: systemFolder) {
            // Anything but its absence, and be it that we may not look, is worth a word from the reader.
            do throws(SystemError) { _ = try FileStatus(following: path) } catch  where error.isAbsence {
                continue
            } catch {}
            return ConfigurationFile(path: path)
        }
        return nil
    }

    static func defaultPaths(_ environment: [String: String], systemFolder: String) -> [String] {
        [userPath(environment), FilePath.join(systemFolder, "cartouche.yaml")].compactMap(\.self)
    }

    static func userPath(_ environment: [String: String]) -> String? {
        // XDG Base Directory Specification: relative paths in these variables are to be ignored.
        if let folder = environment["XDG_CONFIG_HOME"], folder.utf8.first == 0x2F {
            return FilePath.join(folder, "cartouche/cartouche.yaml")
        } else if let home = environment["HOME"], home.utf8.first == 0x2F {
            return FilePath.join(home, ".config/cartouche/cartouche.yaml")
        }
        return nil
    }

    private static func named(
        _ text: String, by place: Place, home: String?, _ findings: inout Findings
    ) -> ConfigurationFile? {
        // The way to say: no file at all.
        guard text != "/dev/null" else { return nil }
        do throws(ValueProblem) {
            return ConfigurationFile(
                path: try FilePath.resolve(Piece(text: text, place: place, home: home)), namedBy: place)
        } catch {
            findings.report(.filesAreReadable, at: place, "the path \(error.message)")
            return nil
        }
    }

    func read(
        trust: FileTrust, home: String?, into given: inout GivenSettings, _ findings: inout Findings
    ) {
        do throws(FileProblem) {
            var file = try ProtectedFile(at: path, limit: Self.limit, trust: trust)
            defer { wipe(&file.bytes) }
            let root = read(file.bytes, home: home, into: &given, &findings)
            if let root, !trust.allowsReaders(of: file.status) { reportSecrets(in: root, &findings) }
        } catch {
            given.isFileUnread = true
            findings.report(
                error.rule, at: namedBy ?? .path(path), error.message, suggestion: error.suggestion)
        }
    }

    /// - Returns: the root of the document, if there is one.
    @discardableResult
    func read(
        _ bytes: [UInt8], home: String?, into given: inout GivenSettings, _ findings: inout Findings
    ) -> DocumentNode? {
        do throws(ConfigurationProblem) {
            guard let root = try DocumentReader(fileName: path).read(bytes) else { return nil }
            FileLayer.read(root, folder: FilePath.folder(of: path), home: home, into: &given, &findings)
            return root
        } catch {
            given.isFileUnread = true
            findings.report(error)
            return nil
        }
    }

    private func holdsSecret(_ entry: DocumentNode.Entry) -> Bool {
        guard let definition = KeyTable.definition(named: entry.key) else { return false }
        guard definition.kind == .egressProxy, case .text(let text) = entry.value.content else {
            return definition.isSecret
        }
        return text.utf8.contains(0x40)
    }

    /// Names every secret that stands in the file, at the top and in the list of credentials.
    private func reportSecrets(in root: DocumentNode, _ findings: inout Findings) {
        guard case .mapping(let entries) = root.content else { return }
        var nested: [DocumentNode.Entry] = []
        for entry in entries where entry.key == Keys.credentials.name {
            guard case .list(let nodes) = entry.value.content else { continue }
            for node in nodes {
                if case .mapping(let inner) = node.content { nested += inner }
            }
        }
        for entry in entries + nested where holdsSecret(entry) {
            let problem = FileProblem.readableByOthers(path: path)
            findings.report(
                .filesAreProtected, at: entry.place, "\(entry.key) stands in a file that other users can read",
                suggestion: problem.suggestion)
        }
    }
}
