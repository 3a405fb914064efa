import Admission

/// Admission's rules from the texts of the settings, which have been checked already.
enum AdmissionAssembly {
    /// - Parameter areOriginsListed: whether the user wrote the origins, which opens OAuth-only routes to them.
    static func rules(
        serverNames: [String], publicURL: String?, origins: [String], areOriginsListed: Bool
    ) throws(AdmissionError) -> AdmissionRules {
        var names: [ServedName] = []
        for name in serverNames { names.append(try ServedName.parse(name)) }
        var patterns: [OriginPattern] = []
        for origin in origins { patterns.append(try OriginPattern.parse(origin)) }
        var publicOrigin: OriginPattern?
        if let publicURL { publicOrigin = try OriginPattern.ofURL(publicURL) }
        return AdmissionRules(
            servedNames: names, publicOrigin: publicOrigin, origins: patterns,
            oauthOrigins: areOriginsListed ? patterns : [])
    }
}
