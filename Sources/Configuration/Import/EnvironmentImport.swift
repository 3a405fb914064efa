/// Makes a draft of the variables that settings can be given by, ours and those of CARTO's own tools.
package enum EnvironmentImport {
    /// Ours win over CARTO's. Lists and structures are left to the file.
    package static func draft(_ environment: [String: String]) -> DraftSettings {
        var draft = DraftSettings()
        for definition in KeyTable.all where definition.hasVariable && !definition.isList {
            let names = [definition.variable] + definition.cartoVariables
            let values = names.compactMap { name in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
            if let value = values.first { draft.set(definition.name, to: value) }
        }
        return draft
    }

    /// The environment without any setting: what a file is tried with, to see that it suffices.
    package static func withoutSettings(_ environment: [String: String]) -> [String: String] {
        let carto = Set(KeyTable.all.flatMap(\.cartoVariables))
        return environment.filter { name, _ in
            !name.utf8.starts(with: EnvironmentLayer.prefix.utf8) && !carto.contains(name)
                && name != "CREDENTIALS_DIRECTORY"
        }
    }

    /// Where the user's configuration file is looked for without being named: `$CARTOUCHE_CONFIG`, else in the
    /// folder for configuration. nil where there is no home.
    package static func userFile(_ environment: [String: String]) -> String? {
        if let path = environment[EnvironmentLayer.fileVariable], !path.isEmpty { return path }
        return ConfigurationFile.userPath(environment)
    }
}
