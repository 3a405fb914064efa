import Configuration
import Secrets

/// The input stands in the place of the configuration file.
enum ConfigurationTarget {
    /// A secret that no input holds.
    private static let token = "Qm7-tokenOfTheEnvironment.0123456789"
    private static let environment = [
        "CARTOUCHE_API_BASE_URL": "https://gcp-us-east1.api.carto.com", "CARTOUCHE_API_ACCESS_TOKEN": token,
    ]

    /// Secrets that commands would print.
    private struct NoCommands: SecretCommandRunner {
        func output(
            of command: SecretCommand, environment: [String: String], timeLimit: Duration, outputLimit: Int
        ) throws(CommandProblem) -> [UInt8] {
            throw .exited(code: 1)
        }
    }

    static func check(_ input: [UInt8]) throws(Violation) {
        // These would have more read than files: devices, and standard input by `client_secret_file: -`.
        guard !["/dev", "/proc", "/sys"].contains(where: { Guarded.holds(input, Array($0.utf8)) }),
            !readsStandardInput(input)
        else { return }
        let first = load(input)
        var draw = Draw(input)
        switch (first, draw.chance(8) ? load(input) : first) {
        case (.success(let one), .success(let other)):
            try require(one.summary == other.summary && one.warnings == other.warnings, "it reads the same again")
            try check(one, input)
        case (.failure(let one), .failure(let other)):
            try require(one == other, "it reads the same again")
            try require(!one.problems.isEmpty, "what does not load says why")
            try check(one.problems + one.warnings, input)
        default: throw Violation(description: "it reads the same again")
        }
    }

    private static func readsStandardInput(_ input: [UInt8]) -> Bool {
        input.indices.contains { start in
            guard input[start...].starts(with: "file".utf8) else { return false }
            return input[(start + 4)...].first { !" \t\r\n:?\"'|>,[]{}!".utf8.contains($0) } == UInt8(ascii: "-")
        }
    }

    private static func load(_ input: [UInt8]) -> Result<LoadedSettings, ConfigurationFailure> {
        let loader = SettingsLoader(
            environment: environment, trust: .current, systemFolder: "/nonexistent", commands: NoCommands())
        return Result { () throws(ConfigurationFailure) in
            try loader.load(text: input, fileName: "/nonexistent/fuzz.yaml")
        }
    }

    private static func check(_ problems: [ConfigurationProblem], _ input: [UInt8]) throws(Violation) {
        let lines = text(input).unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 2
        for problem in problems {
            let told = Array(problem.description.utf8)
            try require(!Guarded.holds(told, Array(token.utf8)), "no problem tells a secret")
            try require(told.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a problem is one line: \(problem)")
            try require(!problem.message.isEmpty, "a problem says what is wrong")
            if case .file(_, let line, let column) = problem.place {
                try require((0...lines).contains(line) && column >= 0, "a problem names a line of the file: \(problem)")
            }
        }
    }

    private static func check(_ loaded: LoadedSettings, _ input: [UInt8]) throws(Violation) {
        try check(loaded.warnings, input)
        let settings = loaded.settings
        let shown = Array("\(loaded.summary)".utf8)
        try require(!Guarded.holds(shown, Array(token.utf8)), "the summary tells no secret")
        for credential in settings.credentials {
            let secret = credential.secret.secret.withExposedBytes { bytes in bytes.indices.map { bytes[$0] } }
            // A short one can stand for something else as well; so can one that the file holds twice.
            guard secret.count >= 16, !occursTwice(secret, in: input) else { continue }
            try require(!Guarded.holds(shown, secret), "the summary tells no secret")
        }
        for base in [settings.api, settings.accounts] + settings.apiAliases + [settings.ai].compactMap({ $0 }) {
            try require(base.scheme == .https || base.host.isLoopback, "no plain HTTP to other machines: \(base)")
        }
        try require(!settings.listen.isEmpty, "there is a listener")
        try require(!settings.credentials.isEmpty, "there is a credential")
        try require(
            !settings.insecure.allowsUnauthenticated || !loaded.warnings.isEmpty, "what is weak is warned about")
    }

    private static func occursTwice(_ secret: [UInt8], in input: [UInt8]) -> Bool {
        guard let first = secret.first else { return true }
        var count = 0
        for start in input.indices where input[start] == first && input[start...].starts(with: secret) { count += 1 }
        return count > 1
    }
}
