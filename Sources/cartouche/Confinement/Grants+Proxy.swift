import Configuration
import Confinement
import Control
import OwnFiles

extension Grants {
    /// What a proxy keeps while it serves.
    ///
    static func proxy(_ settings: Settings, environment: [String: String]) -> Grants {
        var trees = system(environment: environment)
        if let state = StateFolder.path(in: environment) {
            // A right is to a folder that is there. Where it cannot be made, nothing can be kept either.
            if settings.keepsState { _ = try? OwnFolder(at: state, creating: true) }
            trees.append(Tree(state, .keeping))
        }
        // To take the control socket away in the end.
        if let folder = try? ControlFolder(environment: environment) { trees.append(Tree(folder.path, .keeping)) }
        return Grants(trees: trees, ports: settings.upstreamPorts.union([domainPort]))
    }

    /// Of name servers, for answers that are too long for a datagram (RFC 7766).
    private static let domainPort: UInt16 = 53
}
