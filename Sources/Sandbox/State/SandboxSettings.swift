/// How the sandbox behaves.
package struct SandboxSettings: Sendable {
    /// The audience a token must be asked for.
    package var audience = "carto-cloud-native-api"
    /// The `iss` claim of issued tokens.
    package var issuer = "https://auth.sandbox.invalid/"
    /// Seconds an issued token is good for.
    package var tokenLifetime: Int64 = 86_400
    /// How many tokens may be asked for in how many seconds; nil for any number.
    package var tokenQuota: TokenQuota?
    /// Where the signed URLs of exports lead: another host than the API's, as in real life.
    package var storageBaseURL = "https://storage.sandbox.invalid"
    /// Seconds an import, an export or a job takes.
    package var jobDuration: Int64 = 2
    /// The pause between the parts of an event stream.
    package var eventInterval: Duration = .milliseconds(50)
    /// Compresses an answer for a client that accepts gzip; nil to answer as is.
    package var gzip: (@Sendable ([UInt8]) -> [UInt8]?)?

    package init() {}
}

/// At most `count` tokens in any `seconds`, counted from the first one.
package struct TokenQuota: Sendable, Equatable {
    package var count: Int
    package var seconds: Int64

    package init(count: Int, seconds: Int64) {
        self.count = count
        self.seconds = seconds
    }
}
