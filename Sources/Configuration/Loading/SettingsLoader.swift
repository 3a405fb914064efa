import Secrets

/// Reads flags, environment and file, and makes one ``Settings`` of them, or says everything that is wrong.
///
/// Blocks while it reads files and runs the commands of secrets: at start, or off the event loops.
package struct SettingsLoader: Sendable {
    let environment: [String: String]
    let trust: FileTrust
    let systemFolder: String
    let commandTimeLimit: Duration
    let commands: any SecretCommandRunner
    /// See ``SecretLoader``.
    var standardInput: Secret?

    package init(environment: [String: String]) {
        self.init(environment: environment, trust: .current)
    }

    /// - Parameters:
    ///   - systemFolder: where the system's configuration file is.
    ///   - commandTimeLimit: how long the command of a secret may take; with zero none is started.
    ///   - standardInput: what is there to be read, where it is not to be read from there.
    package init(
        environment: [String: String], trust: FileTrust, systemFolder: String = "/etc/cartouche",
        commandTimeLimit: Duration = .seconds(30), commands: any SecretCommandRunner = ChildCommands(),
        standardInput: Secret? = nil
    ) {
        self.environment = environment
        self.trust = trust
        self.systemFolder = systemFolder
        self.commandTimeLimit = commandTimeLimit
        self.commands = commands
        self.standardInput = standardInput
    }

    /// Fetches secrets as ``load(flags:configurationFile:)`` does.
    package var secrets: SecretLoader {
        SecretLoader(
            environment: environment, timeLimit: commandTimeLimit, trust: trust, commands: commands,
            standardInput: standardInput)
    }

    /// - Parameters:
    ///   - flags: the values of the flags given, in their order, by the name of their key (`api_base_url`).
    ///   - configurationFile: the value of `--config`.
    package func load(
        flags: [String: [String]] = [:], configurationFile: String? = nil
    ) throws(ConfigurationFailure) -> LoadedSettings {
        var findings = Findings()
        let file = ConfigurationFile.find(
            named: configurationFile, environment: environment, systemFolder: systemFolder, &findings)
        return try load(flags: flags, findings) { given, findings in
            file?.read(trust: trust, home: environment["HOME"], into: &given, &findings)
            return file?.path
        }
    }

    /// Loads with `text` in the place of the configuration file.
    ///
    /// - Parameter fileName: shown in places; its folder is where relative paths start.
    package func load(
        flags: [String: [String]] = [:], text: [UInt8], fileName: String
    ) throws(ConfigurationFailure) -> LoadedSettings {
        try load(flags: flags, Findings()) { given, findings in
            ConfigurationFile(path: fileName).read(text, home: environment["HOME"], into: &given, &findings)
            return fileName
        }
    }

    /// Loads only what is said of clients: for commands that have to do with them and need no credential.
    package func clients(
        flags: [String: [String]], configurationFile: String?
    ) throws(ConfigurationFailure) -> ClientSettings {
        var findings = Findings()
        let file = ConfigurationFile.find(
            named: configurationFile, environment: environment, systemFolder: systemFolder, &findings)
        var (assembly, _) = assembly(flags: flags, findings) { given, findings in
            file?.read(trust: trust, home: environment["HOME"], into: &given, &findings)
            return file?.path
        }
        let clients = assembly.clients()
        guard assembly.findings.problems.isEmpty else {
            throw ConfigurationFailure(problems: assembly.findings.problems, warnings: assembly.findings.warnings)
        }
        return clients
    }

    private func load(
        flags: [String: [String]], _ findings: Findings,
        readFile: (inout GivenSettings, inout Findings) -> String?
    ) throws(ConfigurationFailure) -> LoadedSettings {
        var (assembly, path) = assembly(flags: flags, findings, readFile: readFile)
        let settings = assembly.settings(configurationFile: path)
        guard let settings, assembly.findings.problems.isEmpty else {
            throw ConfigurationFailure(
                problems: assembly.findings.problems, warnings: assembly.findings.warnings)
        }
        return LoadedSettings(
            settings: settings, warnings: assembly.findings.warnings, summary: assembly.summary(),
            keysRead: assembly.keysRead)
    }

    /// - Parameter readFile: adds what the file says, and returns its path.
    private func assembly(
        flags: [String: [String]], _ findings: Findings,
        readFile: (inout GivenSettings, inout Findings) -> String?
    ) -> (Assembly, file: String?) {
        var findings = findings
        var given = GivenSettings()
        FlagLayer.read(flags, into: &given, &findings)
        EnvironmentLayer.read(environment, into: &given, &findings)
        ServiceCredentialLayer.read(environment, into: &given)
        let path = readFile(&given, &findings)
        var assembly = Assembly(
            given: given, findings: findings,
            secrets: secrets, trust: trust, folder: path.map { FilePath.folder(of: $0) } ?? ".",
            home: environment["HOME"])
        assembly.standardKeysFile = (path ?? ConfigurationFile.userPath(environment)).map {
            FilePath.join(FilePath.folder(of: $0), "keys.json")
        }
        return (assembly, path)
    }
}

/// What loading gave.
package struct LoadedSettings: Sendable {
    package let settings: Settings
    /// What is odd without being wrong.
    package let warnings: [ConfigurationProblem]
    /// Every key with its value and where that came from; secrets by their source only.
    package let summary: SettingsSummary
    /// The keys that were looked at, whether given or not: all of the table's, or one of them has no effect.
    package let keysRead: Set<String>
}
