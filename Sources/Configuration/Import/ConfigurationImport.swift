import Secrets

/// Makes a draft of the files people already have: Postman's environment export, the credentials file of
/// carto-auth, the profiles of CARTO's command line.
package enum ConfigurationImport {
    package enum Format: Equatable, Sendable {
        case postmanEnvironment
        case cartoAuth
        case cartoProfiles
    }

    private static let limit = 1 << 20

    /// - Parameter profile: which profile to take; none for the current one.
    package static func read(
        path: String, profile: String? = nil
    ) throws(ConfigurationProblem) -> (format: Format, draft: DraftSettings) {
        var bytes: [UInt8]
        do throws(SystemError) {
            bytes = try FileDescriptor(reading: path).readAll(limit: limit)
        } catch {
            let problem = error.isAbsence ? FileProblem.missing(path: path) : .unreadable(path: path, error)
            throw ConfigurationProblem(problem.rule, at: .path(path), problem.message)
        }
        defer { wipe(&bytes) }
        guard bytes.count <= limit else {
            throw ConfigurationProblem(
                .filesAreReadable, at: .path(path), FileProblem.tooLarge(path: path, limit: limit).message)
        }
        return try read(bytes, fileName: path, profile: profile)
    }

    package static func read(
        _ bytes: [UInt8], fileName: String, profile: String? = nil
    ) throws(ConfigurationProblem) -> (format: Format, draft: DraftSettings) {
        let root: DocumentNode?
        do throws(ConfigurationProblem) {
            // JSON is YAML in flow style, and the reader knows where things stand.
            root = try DocumentReader(fileName: fileName).read(bytes)
        } catch {
            throw ConfigurationProblem(
                error.rule, at: error.place, "the file is no JSON that can be read", suggestion: "export it once more")
        }
        guard let root, case .mapping(let entries) = root.content else {
            throw ConfigurationProblem(.filesAreWellFormed, at: .path(fileName), "the file holds no JSON object")
        }
        let keys = entries.map(\.key)
        if keys.contains("profiles") {
            return (.cartoProfiles, try CartoProfiles.draft(entries, profile: profile, at: root.place))
        }
        if keys.contains("values") { return (.postmanEnvironment, PostmanEnvironment.draft(entries)) }
        if keys.contains("client_id") || keys.contains("api_base_url") {
            return (.cartoAuth, CartoAuthFile.draft(entries))
        }
        throw ConfigurationProblem(
            .filesAreWellFormed, at: root.place,
            "the file is no Postman environment, no carto-auth credentials and no profiles of CARTO's command line")
    }
}

extension [DocumentNode.Entry] {
    /// The text under a key; nil when there is none, or an empty one.
    func text(_ key: String) -> String? {
        guard case .text(let text) = first(where: { $0.key == key })?.value.content, !text.isEmpty else { return nil }
        return text
    }

    func list(_ key: String) -> [DocumentNode] {
        guard case .list(let nodes) = first(where: { $0.key == key })?.value.content else { return [] }
        return nodes
    }
}
