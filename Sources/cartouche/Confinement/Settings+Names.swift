import Configuration
import Confinement
import Transport

extension Settings {
    /// What these settings name, beside the files and commands that reading them has found already.
    var names: [StewardName] {
        let file = peers.socketFile
        var names = listen.compactMap { address in
            (try? ListenerSet.socketAddress(address)).map { StewardName.listener(StewardName.Listener($0, file)) }
        }
        names += upstreamPorts.map { .port($0) }
        if clients.areAuthenticated, let path = clients.keysFile { names.append(.keys(path: path)) }
        if let path = clients.auditLog { names.append(.log(path: path)) }
        return names
    }

    /// Whether anything of the program is to outlive it.
    var keepsState: Bool {
        clients.areAuthenticated || clients.auditLog != nil
            || (tokens.areKeptOnDisk && credentials.contains { $0.kind == .oauthClient })
    }

    /// All that is ever connected to by them.
    var upstreamPorts: Set<UInt16> {
        var ports: Set<UInt16> = [api.port, accounts.port]
        if let ai { ports.insert(ai.port) }
        if let proxy = egress.proxy { ports.insert(proxy.port) }
        for credential in credentials {
            if case .oauthClient(let client, _) = credential.substance { ports.insert(client.endpoint.port) }
        }
        return ports
    }
}

extension PeerSettings {
    /// What becomes of the files of Unix-domain sockets.
    var socketFile: SocketFile { SocketFile(mode: socketMode, owner: socketOwner, group: socketGroup) }
}
