import AuditTrail
import Configuration
import Logging
import OwnFiles
import Proxy
import Transport

/// What is kept of clients while the program runs: their keys, and the log of what they did. What another
/// configuration has the same of is taken over, with its counts.
struct ClientSide: Sendable {
    let keys: KeyKeeper?
    let audit: AuditTrail?
    private let settings: ClientSettings

    /// Opens files and starts no thread.
    init(_ settings: ClientSettings, after former: ClientSide?, outside: Outside, logger: Logger) throws(Stop) {
        self.settings = settings
        let environment = Startup.environment()
        keys = try Self.keys(settings, former, StateFolder.path(in: environment), outside)
        audit = try Self.audit(settings, former, StateFolder.audit(in: environment), outside, logger)
    }

    private static func keys(
        _ settings: ClientSettings, _ former: ClientSide?, _ state: String?, _ outside: Outside
    ) throws(Stop) -> KeyKeeper? {
        guard settings.credential == .keys else { return nil }
        guard let path = settings.keysFile else {
            throw Stop(.usage, "cartouche: clients: keys, and there is no folder for them: set keys_file")
        }
        if let keys = former?.keys, keys.path == path { return keys }
        return try KeyKeeper(path: path, stateFolder: state, outside)
    }

    private static func audit(
        _ settings: ClientSettings, _ former: ClientSide?, _ state: String?, _ outside: Outside, _ logger: Logger
    ) throws(Stop) -> AuditTrail? {
        guard let path = settings.auditLog else { return nil }
        if let former, let audit = former.audit, former.settings.auditLog == path,
            former.settings.auditFailure == settings.auditFailure
        {
            return audit
        }
        guard let state else {
            throw Stop(
                .usage, "cartouche: audit_log: there is no folder for its key: set XDG_STATE_HOME or HOME")
        }
        do throws(AuditTrailError) {
            return try AuditTrail(
                path: path, stateFolder: state, mode: settings.auditFailure == .serve ? .serve : .refuse,
                opener: { (path) throws(OwnFileError) in try outside.openLog(path) },
                clock: { Clock.wallNanoseconds() }, tell: { Self.tell($0, settings.auditFailure, path, logger) })
        } catch {
            throw Stop(.usage, "cartouche: audit_log: \(path): \(error.explanation)")
        }
    }

    private static func tell(_ news: AuditTrail.News, _ mode: AuditFailure, _ path: String, _ logger: Logger) {
        switch news {
        case .failing(let error):
            let effect = mode == .serve ? "requests are served without it" : "requests are refused until it can"
            logger.error("the audit log cannot be written, \(effect): \(error.explanation)", metadata: ["file": "\(path)"])
        case .recovered: logger.notice("the audit log can be written again", metadata: ["file": "\(path)"])
        case .cutFound:
            logger.error(
                "lines are missing at the end of the audit log; run cartouche audit verify",
                metadata: ["file": "\(path)"])
        }
    }

    // MARK: Running

    /// - Parameter former: what ran until now.
    func start(after former: ClientSide? = nil, _ logger: Logger) {
        if let keys, keys !== former?.keys { keys.start(logger) }
        guard let former else { return }
        if let keys = former.keys, keys !== self.keys { keys.stop(logger) }
        if let audit = former.audit, audit !== self.audit { audit.stop() }
    }

    /// Writes what is left to write.
    func stop(_ logger: Logger) {
        keys?.stop(logger)
        audit?.stop()
    }
}
