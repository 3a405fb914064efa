import Secrets
import Synchronization

/// Everything the services of one sandbox share.
package final class SandboxState: Sendable {
    package let identity: SandboxIdentity
    package let settings: SandboxSettings
    package let data: DataSet
    private let contents: Mutex<SandboxContents>

    package init(identity: SandboxIdentity, settings: SandboxSettings = SandboxSettings()) {
        self.identity = identity
        self.settings = settings
        data = DataSet()
        let token = identity.apiAccessToken.withExposedBytes { bytes in
            String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
        }
        contents = Mutex(SandboxContents(apiAccessToken: token))
    }

    /// Makes every OAuth token issued so far unknown, as a revocation does.
    package func revokeIssuedTokens() {
        update { $0.issuedTokens.removeAll() }
    }

    /// How many tokens the authorization server has issued.
    package var tokensIssued: Int {
        update { $0.tokensIssued }
    }

    func update<Result: Sendable>(_ body: (inout SandboxContents) -> Result) -> Result {
        contents.withLock { body(&$0) }
    }
}
