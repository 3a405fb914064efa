import ArgumentParser
import Audit
import AuditTrail
import JSON

struct AuditVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Find lines of the audit log that were changed, taken out, moved, put in or cut off.",
        discussion: """
            The key of the log and the record of its end are kept in the folder of the program's state, apart from the \
            log: run this as the user cartouche runs as. It may run at the time.

                cartouche audit verify
                cartouche audit verify audit.log.2 audit.log.1     # and what it was renamed to, the oldest first

            Exit codes: 0 nothing was done to it; 1 something was; 2 there is no log to verify.
            """)

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The log, as it is named in the configuration that writes it.", valueName: "file"))
    var auditLog: String?

    @Flag(help: "As JSON, for programs.")
    var json = false

    @Argument(help: "Files the log was renamed to, the oldest first.")
    var older: [String] = []

    func run() throws {
        guard let path = try auditLog ?? Startup.clients(configurationFile: config).auditLog else {
            throw Stop(.usage, "cartouche: audit_log is not set")
        }
        guard let folder = StateFolder.audit(in: Startup.environment()) else {
            throw Stop(.usage, "cartouche: there is no folder for state: set HOME or XDG_STATE_HOME")
        }
        let found: AuditVerifier
        do throws(AuditTrailError) {
            found = try AuditVerification(path: path, stateFolder: folder).run(older: older)
        } catch {
            throw Stop(.usage, "cartouche: \(path): \(error.explanation)")
        }
        Output.standardOutput.write(json ? value(found).text : text(found, path))
        guard found.faults.isEmpty else { throw Stop(.runtime, "") }
    }

    private func text(_ found: AuditVerifier, _ path: String) -> String {
        let range = found.first.flatMap { first in found.last.map { "lines \(first) to \($0.number)" } } ?? "no line"
        guard !found.faults.isEmpty else { return "\(path): \(range), all as they were written" }
        let more = found.faults.count >= AuditVerifier.faultLimit ? ["(and perhaps more)"] : []
        return (found.faults.map(\.explanation) + more).joined(separator: "\n")
    }

    private func value(_ found: AuditVerifier) -> JSONValue {
        .object([
            "intact": .boolean(found.faults.isEmpty),
            "lines": .number(found.count),
            "faults": .strings(found.faults.map(\.explanation)),
        ])
    }
}
