import Configuration
import Credentials
import Proxy
import Secrets

/// One token for a script, on standard output.
struct RevealedToken {
    let settings: Settings

    func write(_ index: Int, asJSON: Bool) async throws {
        let token = try await token(index)
        var bytes: [UInt8] = []
        // Room for all of it, so that no copy is left behind by growth.
        bytes.reserveCapacity(token.secret.count + 256)
        defer { wipe(&bytes) }
        if asJSON {
            let name = CredentialReport.quoted(settings.credentials[index].name)
            bytes += "{\"credential\":\(name),\"token_type\":\"Bearer\",\"access_token\":\"".utf8
        }
        // Its characters are those of a bearer token (RFC 6750 §2.1), which JSON needs no escapes for.
        token.secret.withExposedBytes { secret in for index in secret.indices { bytes.append(secret[index]) } }
        if asJSON {
            bytes += "\"".utf8
            if let seconds = token.validity.remaining(at: .current)?.wholeSeconds {
                bytes += ",\"expires_in\":\(seconds)".utf8
            }
            bytes += "}".utf8
        }
        bytes += "\n".utf8
        Output.standardOutput.write(bytes)
    }

    private func token(_ index: Int) async throws -> IssuedToken {
        let log = Startup.log(settings.log)
        var logger = log.logger
        // What went well is not worth a line between a script and its token.
        logger.logLevel = max(logger.logLevel, .warning)
        let proxy = try ProxyAssembly(settings: settings, log: Startup.Log(logger: logger, sink: log.sink))
            .proxySettingsOffline()
        let server = try ProxyServer(settings: proxy, listeners: [], loops: 1)
        await server.keepTokens(isEarly: false)
        let result = await server.obtainToken(credential: index)
        await server.stop()
        log.sink.flush()
        switch result {
        case .success(let token)?:
            guard token.isUsable(at: .current) else { throw Stop(.runtime, "cartouche: the token has expired") }
            return token
        case .failure(let failure)?: throw Self.stop(failure)
        case nil: throw Stop(.usage, "cartouche: there is no such credential")
        }
    }

    private static func stop(_ failure: TokenFailure) -> Stop {
        let text = "cartouche: \(failure.explanation); \(failure.hint)"
        switch failure.cause.kind {
        case .rejected: return Stop(.credentialRejected, text)
        case .unavailable, .rateLimited, .malformed: return Stop(.upstreamUnreachable, text)
        }
    }
}
