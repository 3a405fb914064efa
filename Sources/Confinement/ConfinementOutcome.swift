/// What was given up, and what could not be.
package struct ConfinementOutcome: Equatable, Sendable {
    /// The version of Landlock in force.
    package var landlockVersion: Int?
    package var filtersCalls = false
    package var refusesPrivileges = false
    package var dropsCapabilities = false
    /// What is not in force, each with its reason.
    package var missing: [String] = []

    /// Whether files, system calls and privileges are given up, all that is tried.
    package var isWhole: Bool { landlockVersion != nil && filtersCalls && refusesPrivileges }
}

extension ConfinementOutcome: CustomStringConvertible {
    /// `landlock 7 (files, ports, scopes), seccomp, no new privileges, no capabilities`.
    package var description: String {
        missing.isEmpty ? inForce : inForce + "; missing: \(missing.joined(separator: "; "))"
    }

    /// The first half of that.
    package var inForce: String {
        var parts: [String] = []
        if let landlockVersion {
            var kinds = ["files"]
            if landlockVersion >= Self.versionWithPorts { kinds.append("ports") }
            if landlockVersion >= Self.versionWithScopes { kinds.append("scopes") }
            parts.append("landlock \(landlockVersion) (\(kinds.joined(separator: ", ")))")
        }
        if filtersCalls { parts.append("seccomp") }
        if refusesPrivileges { parts.append("no new privileges") }
        if dropsCapabilities { parts.append("no capabilities") }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }

    private static let versionWithPorts = 4
    private static let versionWithScopes = 6
}
