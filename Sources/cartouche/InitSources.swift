import Configuration
import Secrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What `init` finds without asking: flags, then a file or else the environment.
struct InitSources {
    let from: String?
    let profile: String?
    let flags: SettingFlags
    let environment: [String: String]

    func draft() throws(Stop) -> DraftSettings {
        var draft = try ofFlags()
        guard let from else {
            draft.fill(from: EnvironmentImport.draft(environment))
            try settlePaths(&draft)
            return draft
        }
        try settlePaths(&draft)
        do throws(ConfigurationProblem) {
            draft.fill(from: try ConfigurationImport.read(path: from, profile: profile).draft)
        } catch {
            throw Stop(.usage, "cartouche: \(error)")
        }
        return draft
    }

    private func ofFlags() throws(Stop) -> DraftSettings {
        var draft = DraftSettings()
        for (key, values) in try flags.given() {
            guard let definition = KeyTable.definition(named: key), !definition.isStructure else {
                throw Stop(.usage, "cartouche: there is no setting \(key)")
            }
            guard !definition.isList, values.count == 1, let value = values.first else {
                throw Stop(.usage, "cartouche: \(definition.flag) is a list; write it into the file afterwards")
            }
            guard !definition.isSecret else { throw Stop(.usage, "cartouche: \(key) is a secret and no flag") }
            guard !definition.mayHoldSecret || !value.contains("@") else {
                throw Stop(.usage, "cartouche: \(definition.flag) holds a password; give it as $\(definition.variable)")
            }
            draft.set(key, to: value)
        }
        return draft
    }

    /// Relative paths counted from here so far, and in the file would from its folder. Standard input is there only
    /// now, so what it holds is kept itself.
    private func settlePaths(_ draft: inout DraftSettings) throws(Stop) {
        for (definition, value) in draft.entries {
            guard definition.kind == .path, case .text(let path) = value else { continue }
            let secret = String(definition.name.dropLast("_file".count))
            if path == "-", let content = InitSecret.content(of: secret) {
                var bytes = try SmallFile.readStandardInput()
                draft.set(secret, to: try InitSecret.secret(secret, content, from: &bytes))
                draft.remove(definition.name)
            } else if !path.hasPrefix("/"), !path.hasPrefix("~/") {
                draft.set(definition.name, to: "\(SmallFile.workingFolder())/\(path)")
            }
        }
    }
}

/// Secrets that were typed or piped in.
enum InitSecret {
    /// nil for keys that are no secrets.
    static func content(of key: String) -> SecretContent? {
        switch key {
        case "client_secret": .clientSecret
        case "api_access_token", "oauth_access_token": .token
        default: nil
        }
    }

    /// Checks and takes over the bytes, and wipes them.
    static func secret(_ key: String, _ content: SecretContent, from bytes: inout [UInt8]) throws(Stop) -> Secret {
        do throws(SecretProblem) {
            return try content.secret(from: &bytes)
        } catch {
            throw Stop(.usage, "cartouche: \(key): \(error.message)")
        }
    }
}
