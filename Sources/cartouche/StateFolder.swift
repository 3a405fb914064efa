/// Where the program keeps what should outlive it.
enum StateFolder {
    /// The first that is given: systemd's `StateDirectory=`, the XDG base directory specification's state directory,
    /// its default. Nil where not even a home is known.
    static func path(in environment: [String: String]) -> String? {
        // systemd lists several folders with colons between them.
        if let first = environment["STATE_DIRECTORY"]?.split(separator: ":").first, first.hasPrefix("/") {
            // Below it: it may be a link itself, and the program keeps its tokens where no link leads.
            return first + "/tokens"
        }
        // A relative path is to be ignored, says the specification.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/cartouche" }
        if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.local/state/cartouche" }
        return nil
    }

    /// For the key of audit logs and the records of their ends.
    static func audit(in environment: [String: String]) -> String? { path(in: environment).map { $0 + "/audit" } }
}
