import Configuration
import Foundation
import Testing

/// Settings that are complete, so that a test adds only what it is about.
let complete = [
    "CARTOUCHE_API_BASE_URL": "https://gcp-us-east1.api.carto.com",
    "CARTOUCHE_API_ACCESS_TOKEN": "an.opaque-token",
]

func loader(_ environment: [String: String], system: String = "/nonexistent") -> SettingsLoader {
    SettingsLoader(
        environment: environment, trust: .current, systemFolder: system, commandTimeLimit: .seconds(20))
}

func load(
    _ environment: [String: String] = [:], flags: [String: [String]] = [:], file: String? = nil
) throws -> LoadedSettings {
    try loader(environment.merging(complete) { own, _ in own }).load(flags: flags, configurationFile: file)
}

/// The problems of a configuration that must not load, as printed.
func problems(
    _ environment: [String: String] = [:], flags: [String: [String]] = [:], file: String? = nil,
    isComplete: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
) -> [ConfigurationProblem] {
    do throws(ConfigurationFailure) {
        _ = try loader(environment.merging(isComplete ? complete : [:]) { own, _ in own })
            .load(flags: flags, configurationFile: file)
    } catch {
        return error.problems
    }
    Issue.record("the configuration loads", sourceLocation: sourceLocation)
    return []
}
