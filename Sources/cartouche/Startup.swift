import Configuration
import Logging
import Observability

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What commands do before their own work: settings and a log.
enum Startup {
    struct Log {
        let logger: Logger
        let sink: LogSink
    }

    /// - Parameter outside: opens files and runs commands.
    static func source(_ flags: SettingFlags, _ outside: Outside = Outside()) throws -> CommandLineSource {
        CommandLineSource(
            SettingsLoader(
                environment: environment(), trust: .current(opener: outside), commands: outside,
                standardInput: outside.standardInput),
            flags: try given(flags), configurationFile: flags.config)
    }

    static func load(_ source: any ConfigurationSource) throws(Stop) -> LoadedSettings {
        do throws(ConfigurationFailure) {
            return try source.load(after: nil)
        } catch {
            var lines = error.warnings.map { "cartouche: warning: \($0)" }
            lines += error.problems.map { "cartouche: \($0)" }
            throw Stop(.usage, lines.joined(separator: "\n"))
        }
    }

    static func load(_ flags: SettingFlags) throws -> LoadedSettings { try load(try source(flags)) }

    /// What the configuration says of clients alone.
    static func clients(configurationFile: String?) throws(Stop) -> ClientSettings {
        do throws(ConfigurationFailure) {
            return try SettingsLoader(environment: environment()).clients(
                flags: [:], configurationFile: configurationFile)
        } catch {
            throw Stop(.usage, error.problems.map { "cartouche: \($0)" }.joined(separator: "\n"))
        }
    }

    /// The same for a command that ends at once: warnings go to standard error as they are.
    static func loadForCommand(_ flags: SettingFlags) throws -> LoadedSettings {
        let loaded = try load(flags)
        for warning in loaded.warnings { Output.standardError.write("cartouche: warning: \(warning)") }
        return loaded
    }

    private static func given(_ flags: SettingFlags) throws(ConfigurationFailure) -> [String: [String]] {
        do throws(Stop) {
            return try flags.given()
        } catch {
            error.leave()
        }
    }

    static func log(_ settings: LogSettings) -> Log {
        let sink = LogSink.standardError
        var logger = Logger(label: "cartouche") { _ in
            LineLogHandler(format: settings.observed, level: settings.loggingLevel, sink: sink)
        }
        logger.logLevel = settings.loggingLevel
        return Log(logger: logger, sink: sink)
    }

    /// The process's environment, by name.
    static func environment() -> [String: String] {
        var result: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            unsafe entry += 1
        }
        return result
    }
}
