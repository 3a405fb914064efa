import TLS
import Transport

/// What the connections of the sandbox's event loop share. It belongs to a ``SandboxLoop``.
final class SandboxCore {
    let loop: EventLoop
    /// nil: plain HTTP.
    let tls: TLSContext?
    let timeouts: SandboxTimeouts
    private let connectionLimit: Int
    private var connectionCount = 0
    private var acceptors: [Acceptor] = []

    init(loop: EventLoop, tls: TLSContext?, timeouts: SandboxTimeouts, connectionLimit: Int) {
        self.loop = loop
        self.tls = tls
        self.timeouts = timeouts
        self.connectionLimit = max(connectionLimit, 1)
    }

    func listen(on listener: Listener, for service: any SandboxService) throws(SystemError) {
        acceptors.append(
            try Acceptor(listener: listener, loop: loop) { [unowned self] descriptor, _ in
                accept(descriptor, for: service)
            })
    }

    private func accept(_ descriptor: Int32, for service: any SandboxService) {
        guard let connection = try? SandboxConnection(descriptor: descriptor, service: service, core: self) else {
            return
        }
        connectionCount += 1
        if connectionCount == connectionLimit { for acceptor in acceptors { acceptor.pause() } }
        connection.open()
    }

    func connectionClosed() {
        connectionCount -= 1
        if connectionCount == connectionLimit - 1 { for acceptor in acceptors { acceptor.resume() } }
    }

    func stop() {
        for acceptor in acceptors { acceptor.stop() }
        acceptors = []
        loop.forEachHandler { ($0 as? SandboxConnection)?.cut() }
    }
}
