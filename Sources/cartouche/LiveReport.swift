import Proxy

/// Runs a live check and tells it on standard output, with what failed and what to do about it.
struct LiveReport {
    let findings: [LiveFinding]

    static func run(_ proxy: ProxySettings) async throws -> LiveReport {
        do {
            let report = LiveReport(findings: try await LiveCheck.run(proxy))
            Output.standardOutput.write("\n" + report.text)
            return report
        } catch {
            throw Stop(.runtime, "cartouche: no event loop: \(error.explanation)")
        }
    }

    private var text: String {
        let rows = findings.map { finding in
            [finding.credential, finding.step.rawValue, finding.outcome.word, "\(finding.detail): \(finding.target)"]
        }
        return TextTable(rows).description
    }

    /// A rejected credential weighs more than a server that cannot be reached: time will not mend it.
    var failure: Stop? {
        var unreachable: Stop?
        for finding in findings {
            let place = "cartouche: \(finding.credential): \(finding.step.rawValue) failed: \(finding.detail)"
            switch finding.outcome {
            case .passed: break
            case .rejected(let hint): return Stop(.credentialRejected, "\(place); \(hint)")
            case .unreachable(let hint):
                unreachable = unreachable ?? Stop(.upstreamUnreachable, "\(place); \(hint)")
            }
        }
        return unreachable
    }

    func conclude() throws(Stop) {
        if let failure { throw failure }
    }
}

extension LiveFinding.Outcome {
    fileprivate var word: String {
        switch self {
        case .passed: "ok"
        case .rejected: "REJECTED"
        case .unreachable: "FAILED"
        }
    }
}
