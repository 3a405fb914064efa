import Secrets

extension Assembly {
    /// Nil when something that has no default is missing or wrong.
    mutating func settings(configurationFile: String?) -> Settings? {
        let insecure = InsecureSettings(
            allowsUnauthenticated: value(Keys.insecureAllowUnauthenticated),
            allowsPlaintext: value(Keys.insecureAllowPlaintext))
        let listen = value(Keys.listen)
        checkListeners(listen, insecure)
        let api = requiredAPI()
        let credential = defaultCredential()
        let named = namedCredentials(inheriting: credential)
        checkThereIsACredential(credential, named)
        let upstreamCAFile = checkedCAFile()
        let limits = limits()
        let settings = api.map {
            Settings(
                listen: listen, publicURL: value(Keys.publicURL), serverNames: value(Keys.serverNames),
                origins: value(Keys.origins), insecure: insecure, api: $0, apiAliases: value(Keys.apiBaseAliases),
                accounts: value(Keys.accountsURL), ai: value(Keys.aiBaseURL), upstreamCAFile: upstreamCAFile,
                referer: value(Keys.referer), credential: credential.credential, namedCredentials: named,
                readOnly: value(Keys.readOnly), limits: limits, deadlines: deadlines(), log: log(),
                via: value(Keys.via), loops: value(Keys.loops), configurationFile: configurationFile)
        }
        return settings
    }
}
