/// What there is to know about one key: the file's reader, the environment, the flags, the reference table
/// and the JSON schema are all derived from it.
package struct KeyDefinition: Sendable {
    /// The chapter of the reference a key stands in.
    package enum Chapter: String, CaseIterable, Sendable {
        case listening = "Listening"
        case clients = "Clients"
        case upstreams = "Upstreams"
        case credentials = "Credentials"
        case policy = "Policy"
        case limits = "Limits"
        case deadlines = "Deadlines"
        case observation = "Logs"
        case process = "Process"
    }

    /// What a value looks like.
    package enum Kind: Equatable, Sendable {
        case text
        case baseURL
        case endpoint
        case listenAddress
        case origin
        case serverName
        case account
        case networkRange
        case egressProxy
        case directHost
        case fileMode
        case path
        case duration(ClosedRange<Duration>)
        case count(ClosedRange<Int>)
        case size(ClosedRange<Int>)
        case onOff
        case choice([String])
        case secret
        case command
        case routes
        case credentials
        case credentialRules
    }

    /// As in the file: `api_base_url`.
    package let name: String
    package let kind: Kind
    package let chapter: Chapter
    /// One or two sentences.
    package let help: String
    package let isList: Bool
    /// The default as it would be written; empty where there is none.
    package let standard: [String]
    /// Said instead of the default where that depends on other things.
    package let standardNote: String?
    /// The names under which CARTO's own tools know it.
    package let cartoVariables: [String]

    package init(
        _ name: String, _ kind: Kind, in chapter: Chapter, isList: Bool = false, standard: [String] = [],
        standardNote: String? = nil, cartoVariables: [String] = [], help: String
    ) {
        self.name = name
        self.kind = kind
        self.chapter = chapter
        self.help = help
        self.isList = isList
        self.standard = standard
        self.standardNote = standardNote
        self.cartoVariables = cartoVariables
    }

    /// Whether the value itself is to be kept out of every output.
    package var isSecret: Bool { kind == .secret }

    /// Whether a part of the value may be one that is to be kept out of every output.
    package var mayHoldSecret: Bool { isSecret || kind == .egressProxy }

    /// Whether its other variables are set for whatever program it concerns, and so not for us in particular.
    var isConventional: Bool { kind == .egressProxy || kind == .directHost }

    /// Whether the value can only be written in the file: it is a structure.
    package var isStructure: Bool { kind == .routes || kind == .credentials || kind == .credentialRules }

    /// Secrets are never given on the command line, which every user of the machine can list.
    package var hasFlag: Bool { !isSecret && !isStructure }

    package var hasVariable: Bool { !isStructure }

    /// `CARTOUCHE_API_BASE_URL`
    package var variable: String {
        "CARTOUCHE_" + String(decoding: name.utf8.map { ASCII.isLetter($0) ? $0 & 0xDF : $0 }, as: UTF8.self)
    }

    /// `--api-base-url`
    package var flag: String { Place.flagName(ofKey: name) }
}
