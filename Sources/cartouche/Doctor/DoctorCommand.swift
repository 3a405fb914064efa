import ArgumentParser
import Configuration
import TLS
import Transport

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Attack a running instance the way the threat model says, and show what held.",
        discussion: """
            Finds the instance by the listeners of the configuration, or by --url; the ports of those with port 0 are asked \
            of it on its control socket. Every request it sends has to be \
            refused, and none would be forwarded: nothing is changed anywhere. What an upstream that says back what it \
            was sent could bring to light is tried on a pair of its own, not on yours.

            Run as root it also acts as another user. Exit codes: 0 everything held; 1 something did not.
            """)

    @Option(
        help: ArgumentHelp(
            "A listener to attack; repeatable: http://127.0.0.1:22786, https://…, unix:/PATH.", valueName: "url"))
    var url: [String] = []

    @Flag(help: "Send one request that is forwarded: GET /v3/lds/stats, which costs nothing.")
    var live = false

    @Flag(help: "Write JSON.")
    var json = false

    @OptionGroup var flags: SettingFlags

    func run() async throws {
        let (loading, settings) = configuration(try Startup.source(flags))
        var findings = loading
        var urls = url
        if urls.isEmpty {
            let (instance, finding) = await withCheckedContinuation { continuation in
                BlockingWork.queue.async { continuation.resume(returning: DoctorInstance.find()) }
            }
            findings.append(finding)
            findings += instance?.confinement?.findings() ?? []
            // Where it was to find a port for itself, only it knows which.
            if settings?.listen.contains(where: \.isAnyPort) == true { urls = instance?.listeners ?? [] }
        }
        let (isLive, targets) = (live, try targets(settings, urls))
        findings += await withCheckedContinuation { continuation in
            BlockingWork.queue.async {
                continuation.resume(returning: Self.attack(targets, settings, isLive: isLive))
            }
        }
        if let settings { findings += DoctorFiles(settings: settings).findings() }
        findings += await DoctorEcho().findings()
        let report = DoctorReport(findings: findings)
        Output.standardOutput.write(json ? report.json : report.text)
        if report.failures > 0 { throw Stop(.runtime, "") }
    }

    private static func attack(_ targets: [DoctorTarget], _ settings: Settings?, isLive: Bool) -> [DoctorFinding] {
        let examinations = targets.map { DoctorExamination(target: $0, settings: settings, isLive: isLive) }
        var findings = examinations.flatMap { $0.findings() }
        if !examinations.contains(where: \.isAnswered) {
            // Nothing was shown, so nothing may look as if it were.
            findings.append(
                DoctorFinding(
                    what: "a running instance", place: "listen",
                    outcome: .failed("none answers", mend: "start it, or name its listeners by --url")))
        }
        return findings
    }

    /// Loading it checks the modes and owners of every file it names.
    private func configuration(_ source: CommandLineSource) -> ([DoctorFinding], Settings?) {
        let what = "configuration and secrets are read, and protected"
        do throws(ConfigurationFailure) {
            let loaded = try source.load(after: nil)
            let place = loaded.settings.configurationFile ?? "the environment"
            return ([DoctorFinding(what: what, place: place, outcome: .held)], loaded.settings)
        } catch {
            return (
                error.problems.map { problem in
                    DoctorFinding(
                        what: what, place: "\(problem.place)",
                        outcome: .failed(problem.message, mend: problem.suggestion ?? "see `cartouche check`"))
                }, nil
            )
        }
    }

    private func targets(_ settings: Settings?, _ urls: [String]) throws(Stop) -> [DoctorTarget] {
        var addresses: [ListenAddress] = []
        if urls.isEmpty {
            addresses = settings?.listen ?? []
        } else {
            for text in urls {
                let plain = text.hasPrefix("http://") ? String(text.dropFirst(7)) : text
                do throws(ValueProblem) {
                    addresses += try ListenAddress.parse(plain.hasSuffix("/") ? String(plain.dropLast()) : plain)
                } catch {
                    throw Stop(.usage, "cartouche: --url \(text) \(error.message)")
                }
            }
        }
        let trust = try trust(settings)
        return addresses.compactMap { address in
            switch address {
            case .unix(let path): return DoctorTarget(address: .unix(path: path), isTLS: false, trust: nil)
            case .tcp(let numeric, let port, let isTLS):
                guard port != 0, let socket = SocketAddress(numeric: numeric.description, port: port) else { return nil }
                return DoctorTarget(address: socket, isTLS: isTLS, trust: trust)
            }
        }
    }

    /// What the listener shows is trusted as well, where it is its own authority.
    private func trust(_ settings: Settings?) throws(Stop) -> TLSContext {
        do throws(TLSError) {
            let authorities = (settings?.listenerTLS?.certificates ?? []) + (settings?.upstreamAuthorities ?? [])
            return try TLSContext.client(trustingSystem: true, authorities: authorities)
        } catch {
            throw Stop(.runtime, "cartouche: \(error.explanation)")
        }
    }
}

extension ListenAddress {
    fileprivate var isAnyPort: Bool {
        if case .tcp(_, 0, _) = self { return true }
        return false
    }
}
