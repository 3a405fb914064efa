import JSON

/// All findings, as a table or as JSON.
struct DoctorReport {
    let findings: [DoctorFinding]

    var failures: Int { findings.count(where: \.hasFailed) }

    var text: String {
        let rows = findings.map { finding in
            [finding.word, finding.what, finding.place + (finding.remark.isEmpty ? "" : ": \(finding.remark)")]
        }
        let held = findings.count { $0.outcome == .held }
        return """
            cartouche \(Version.current)

            \(TextTable(rows))

            \(held) held, \(failures) failed, \(findings.count - held - failures) skipped
            """
    }

    var json: String {
        let list = findings.map { finding in
            JSONValue.object([
                "check": .string(finding.what), "place": .string(finding.place), "outcome": .string(finding.word),
                "reason": .optional(finding.reason), "mend": .optional(finding.mend),
            ])
        }
        return JSONValue.object([
            "version": .string(Version.current), "failed": .number(failures), "findings": .array(list),
        ]).text
    }
}

extension DoctorFinding {
    fileprivate var word: String {
        switch outcome {
        case .held: "PASS"
        case .failed: "FAIL"
        case .skipped: "SKIPPED"
        }
    }

    fileprivate var reason: String? {
        switch outcome {
        case .held: nil
        case .failed(let reason, _), .skipped(let reason): reason
        }
    }

    fileprivate var mend: String? {
        if case .failed(_, let mend) = outcome { return mend }
        return nil
    }

    fileprivate var remark: String { [reason, mend].compactMap(\.self).joined(separator: "; ") }
}
