import Control
import Proxy
import Transport

/// What is answered on the control socket. Nothing of it is a secret.
extension RunningProxy {
    func answer(_ request: ControlRequest) async -> ControlAnswer {
        switch request {
        case .status(let form):
            let report = StatusReport(
                status: await server.status(), listeners: listeners.shown, confinement: confinement, upSince: started,
                droppedLines: log.sink.droppedLines, now: Clock.bootNanoseconds())
            return ControlAnswer(form == .json ? report.value.text : report.text)
        case .token(let form, let name):
            var reports: [TokenReport] = []
            let now = Clock.bootNanoseconds()
            for status in await server.credentialStatuses() where name == nil || name == status.name {
                reports.append(TokenReport(status: status, source: source(of: status.name), now: now))
            }
            if let name, reports.isEmpty { return ControlAnswer(code: 2, "there is no credential \(name)\n") }
            return ControlAnswer(form == .json ? TokenReport.json(reports) : TokenReport.text(reports))
        case .reload:
            switch await reload() {
            case .inForce(let generation, let remarks):
                let lines = ["the configuration is in force, as generation \(generation)"] + remarks.map { "warning: \($0)" }
                return ControlAnswer(lines.joined(separator: "\n") + "\n")
            case .refused(let lines): return ControlAnswer(code: 2, lines.joined(separator: "\n") + "\n")
            }
        }
    }

    private func source(of name: String) -> String? {
        settings.credentials.first { $0.name == name }.map { "\($0.secret.source)" }
    }
}
