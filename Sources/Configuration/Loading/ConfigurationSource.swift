/// Where the configuration comes from, at the start and each time it is loaded anew.
package protocol ConfigurationSource: Sendable {
    /// Reads everything again: files, and the commands of secrets. Blocks: off the event loops.
    ///
    /// - Parameter former: the settings in force, if there are any: what standard input held is taken from them.
    func load(after former: Settings?) throws(ConfigurationFailure) -> LoadedSettings

    /// Fetches secrets that change at their source meanwhile.
    var secrets: SecretLoader { get }
}

/// Flags and environment as they were when the program started, and the file as it is.
package struct CommandLineSource: ConfigurationSource {
    private let loader: SettingsLoader
    private let flags: [String: [String]]
    private let configurationFile: String?

    package init(_ loader: SettingsLoader, flags: [String: [String]], configurationFile: String?) {
        self.loader = loader
        self.flags = flags
        self.configurationFile = configurationFile
    }

    package var secrets: SecretLoader { loader.secrets }

    package func load(after former: Settings?) throws(ConfigurationFailure) -> LoadedSettings {
        var loader = loader
        if let former {
            loader.standardInput = former.credentials.lazy.map(\.secret).first { $0.source == .standardInput }?.secret
        }
        return try loader.load(flags: flags, configurationFile: configurationFile)
    }
}

/// A text in the place of the file.
package struct TextSource: ConfigurationSource {
    private let loader: SettingsLoader
    private let flags: [String: [String]]
    private let text: [UInt8]
    private let fileName: String

    package init(_ loader: SettingsLoader, flags: [String: [String]], text: [UInt8], fileName: String) {
        self.loader = loader
        self.flags = flags
        self.text = text
        self.fileName = fileName
    }

    package var secrets: SecretLoader { loader.secrets }

    package func load(after former: Settings?) throws(ConfigurationFailure) -> LoadedSettings {
        try loader.load(flags: flags, text: text, fileName: fileName)
    }
}
