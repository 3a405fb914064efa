import Secrets

/// Makes settings of what was given, key by key, and collects what is wrong on the way.
struct Assembly {
    let given: GivenSettings
    var findings: Findings
    let secrets: SecretLoader
    let trust: FileTrust
    /// Where relative paths of the file start, and `~/`.
    let folder: String
    let home: String?
    /// Where keys are kept if nothing is said of it.
    var standardKeysFile: String?
    /// Which key has read standard input; it can be read once.
    var readerOfStandardInput: String?
    /// Every key that was asked for: what is in the table and not here is a key nothing honours.
    private(set) var keysRead: Set<String> = []

    init(
        given: GivenSettings, findings: Findings, secrets: SecretLoader, trust: FileTrust, folder: String, home: String?
    ) {
        self.given = given
        self.findings = findings
        self.secrets = secrets
        self.trust = trust
        self.folder = folder
        self.home = home
    }

    /// The value of the strongest layer, or the default: also when the value given was wrong, which is then
    /// among the findings.
    mutating func value<Value>(_ key: SettingKey<Value>) -> Value {
        givenValue(key) ?? key.standard
    }

    /// The value of the strongest layer, or nil when there is none or it is wrong.
    mutating func givenValue<Value>(_ key: SettingKey<Value>) -> Value? {
        note(key.definition)
        switch given.strongest(key.definition.name)?.value {
        case .pieces(let pieces, _): return key.convert(pieces, &findings)
        case .structure, .serviceCredential, nil: return nil
        }
    }

    mutating func structure(_ definition: KeyDefinition) -> DocumentNode? {
        note(definition)
        guard case .structure(let node) = given.strongest(definition.name)?.value else { return nil }
        return node
    }

    mutating func note(_ definition: KeyDefinition) { keysRead.insert(definition.name) }

    func place(of definition: KeyDefinition) -> Place {
        given.strongest(definition.name)?.place ?? .key(definition.name)
    }
}
