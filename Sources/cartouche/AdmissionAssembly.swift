import Admission

/// Admission's rules from the texts of the settings, which have been checked already.
enum AdmissionAssembly {
    /// - Parameters:
    ///   - listeners: addresses listened on, as URLs have them; who calls one means us, and no name was resolved for it.
    ///   - areOriginsListed: whether the user wrote the origins, which opens OAuth-only routes to them.
    static func rules(
        listeners: [String], serverNames: [String], publicURL: String?, origins: [String], areOriginsListed: Bool
    ) throws(AdmissionError) -> AdmissionRules {
        var names: [ServedName] = []
        for name in listeners + serverNames { names.append(try ServedName.parse(name)) }
        var patterns: [OriginPattern] = []
        for origin in origins { patterns.append(try OriginPattern.parse(origin)) }
        var publicOrigin: OriginPattern?
        if let publicURL { publicOrigin = try OriginPattern.ofURL(publicURL) }
        return AdmissionRules(
            servedNames: names, publicOrigin: publicOrigin, origins: patterns,
            oauthOrigins: areOriginsListed ? patterns : [])
    }
}
