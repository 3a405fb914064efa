import Configuration
import Dispatch
import Logging
import Proxy
import Secrets
import Transport

/// The proxy while it serves, and what of it another configuration can take the place of.
actor RunningProxy {
    /// What came of loading the configuration anew.
    enum Outcome: Sendable {
        /// It is in force; what is odd about it, and what will hold only from the next start on.
        case inForce(generation: UInt64, remarks: [String])
        /// The old one is. Why, one line for each thing wrong.
        case refused([String])
    }

    nonisolated let server: ProxyServer
    private let source: any ConfigurationSource
    private let authorities: [UInt8]
    private let outside: Outside
    nonisolated let confinement: ConfinementState
    private var stewardWatcher: StewardWatcher?
    private var present: PreparedProxy
    /// On the boot clock, in nanoseconds.
    let started = Clock.bootNanoseconds()
    private var watcher: SecretWatcher?
    private var certificateWatcher: CertificateWatcher?
    var isHandingOver = false
    /// Loading blocks on files and commands, handing over on the other process.
    let queue = DispatchQueue(label: "cartouche.reload")
    private var running: Task<Outcome, Never>?
    /// Has not begun yet, so it will see all that has changed by now.
    private var queued: Task<Outcome, Never>?

    /// Makes the event loops; nothing is served yet.
    ///
    /// - Parameters:
    ///   - authorities: as of ``PreparedProxy``.
    ///   - outside: as of ``PreparedProxy``.
    init(
        _ prepared: PreparedProxy, from source: any ConfigurationSource, authorities: [UInt8], loops: Int,
        outside: Outside, confinement: ConfinementState
    ) throws(Transport.SystemError) {
        self.outside = outside
        self.confinement = confinement
        self.source = source
        self.authorities = authorities
        present = prepared
        present.letCredentialsGo()
        server = try ProxyServer(
            settings: prepared.proxy, listeners: prepared.listeners.placed,
            loops: loops, connector: outside)
    }

    var log: Startup.Log { present.log }
    var settings: Settings { present.settings }
    var listeners: ListenerSet { present.listeners }
    var clients: ClientSide { present.clients }

    /// - Parameter stewardEnded: called with the number of the steward's process, should that end before this one.
    func start(stewardEnded: @escaping @Sendable (Int32) -> Void) async throws {
        for remark in present.remarks { log.logger.warning("\(remark)") }
        sayConfinement()
        if case .confined(_, let steward?) = confinement {
            stewardWatcher = StewardWatcher(steward) { stewardEnded(steward.process) }
        }
        for address in present.listeners.missing {
            log.logger.info("not listening on \(address): this machine has no such address")
        }
        watchSecrets()
        watchCertificates(from: FileWatch(certificateFiles))
        present.clients.start(log.logger)
        try await server.start()
        announce(present.listeners.shown)
        warn()
    }

    func end() {
        watcher?.stop()
        certificateWatcher?.stop()
        present.clients.stop(log.logger)
    }

    // MARK: Another configuration

    /// Loads everything anew and puts it into force, if there is nothing wrong with it; one after the other.
    func reload() async -> Outcome {
        if let queued { return await queued.value }
        let before = running
        let task = Task {
            _ = await before?.value
            return await begin()
        }
        queued = task
        return await task.value
    }

    private func begin() async -> Outcome {
        running = queued
        queued = nil
        // Before they are read: what changes from here on is noticed.
        let certificates = FileWatch(certificateFiles)
        let loaded: LoadedSettings
        switch await load() {
        case .success(let result): loaded = result
        case .failure(let failure): return refuse(failure.problems.map(\.description))
        }
        do throws(Stop) {
            return try await enforce(loaded, certificates)
        } catch {
            return refuse([error.bareMessage])
        }
    }

    private func load() async -> Result<LoadedSettings, ConfigurationFailure> {
        await withCheckedContinuation { continuation in
            queue.async { [source, outside, settings = present.settings, logger = log.logger] in
                if let reason = outside.learn() { logger.error("\(reason)") }
                do throws(ConfigurationFailure) {
                    continuation.resume(returning: .success(try source.load(after: settings)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
    }

    private func enforce(_ loaded: LoadedSettings, _ certificates: FileWatch) async throws(Stop) -> Outcome {
        let next = try PreparedProxy(loaded, authorities: authorities, after: present, outside: outside)
        do throws(ReloadRefusal) {
            try await server.reload(next.proxy, listeners: next.listeners.placed)
        } catch {
            throw Stop(.runtime, "cartouche: \(error.explanation)")
        }
        let remarks = next.remarks + unchangeable(next.settings)
        let added = next.listeners.shownBeyond(present.listeners)
        let removed = present.listeners.shownBeyond(next.listeners)
        next.clients.start(after: present.clients, log.logger)
        present = next
        present.letCredentialsGo()
        watchSecrets()
        watchCertificates(from: certificates.paths == certificateFiles ? certificates : FileWatch(certificateFiles))
        log.logger.notice(
            "the configuration was loaded anew and is in force", metadata: ["generation": "\(server.generation)"])
        for remark in remarks { log.logger.warning("\(remark)") }
        for address in removed { log.logger.notice("no longer listening on \(address)") }
        announce(added)
        warn()
        return .inForce(generation: server.generation, remarks: remarks)
    }

    /// What holds from the start to the end of the program.
    private func unchangeable(_ next: Settings) -> [String] {
        let (old, new) = (present.settings, next)
        var keys: [String] = []
        if new.loops != old.loops { keys.append("loops") }
        if new.insecure.forgoesConfinement != old.insecure.forgoesConfinement { keys.append("insecure_no_confinement") }
        return keys.map { "\($0): it takes effect at the next start" }
    }

    private func refuse(_ lines: [String]) -> Outcome {
        for line in lines {
            log.logger.error("the configuration was not reloaded, the old one stays in force: \(line)")
        }
        return .refused(lines)
    }

    // MARK: Secrets

    private func watchSecrets() {
        watcher?.stop()
        let watcher = SecretWatcher(present.settings, loader: source.secrets)
        self.watcher = watcher
        let rotation = SecretRotation(
            present.settings.credentials, server: server, generation: server.generation, logger: log.logger)
        Task { await rotation.follow(watcher) { await self.secretReplaced($0, $1, of: rotation.generation) } }
    }

    private func secretReplaced(_ index: Int, _ secret: Secret, of generation: UInt64) {
        guard generation == server.generation else { return }
        present.replaceSecret(ofCredential: index, by: secret)
    }

    // MARK: Certificates

    private var certificateFiles: [String] { present.settings.listenerTLS?.files ?? [] }

    private func watchCertificates(from watch: FileWatch) {
        certificateWatcher?.stop()
        certificateWatcher = nil
        guard !watch.paths.isEmpty else { return }
        let watcher = CertificateWatcher(watch)
        certificateWatcher = watcher
        watcher.start { [weak self] in Task { await self?.certificatesChanged() } }
    }

    private func certificatesChanged() async {
        // The process that was handed the sockets has read them.
        guard !server.isEnding else { return }
        log.logger.notice("the files of the listeners' certificate have changed: loading the configuration anew")
        _ = await reload()
    }

    // MARK: Confinement

    private func sayConfinement() {
        switch confinement {
        case .forgone:
            log.logger.warning("insecure_no_confinement: the process keeps the right to all its user may do")
        case .impossible(let reason): log.logger.warning("this process is not confined: \(reason)")
        case .confined(let outcome, _):
            log.logger.info("confined", metadata: ["by": "\(outcome.inForce)"])
            for part in outcome.missing { log.logger.warning("not confined in full: \(part)") }
        }
    }

    // MARK: What is said

    /// Where it listens is said whatever the log's level: with port 0 nobody could know otherwise.
    private func announce(_ addresses: [String]) {
        var logger = log.logger
        logger.logLevel = min(logger.logLevel, .notice)
        for address in addresses {
            logger.notice("listening on \(address)", metadata: ["address": "\(address)", "upstream": "\(present.settings.api)"])
        }
    }

    /// What was weakened on purpose is said every time it comes into force.
    private func warn() {
        if present.settings.insecure.allowsUnauthenticated {
            log.logger.warning("insecure_allow_unauthenticated: whoever reaches the port uses the credential")
        }
        if present.settings.insecure.allowsPlaintext {
            log.logger.warning("insecure_allow_plaintext: requests and answers can be read on the network")
        }
    }
}
