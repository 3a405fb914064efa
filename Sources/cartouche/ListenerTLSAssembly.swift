import Configuration
import Secrets
import TLS

/// What TLS listeners are, from what their files hold.
enum ListenerTLSAssembly {
    static func context(_ settings: ListenerTLSSettings) throws(Stop) -> TLSContext {
        let clients: TLSContext.ClientCertificates =
            switch (settings.clientAuthorities, settings.clientCertificates) {
            case (nil, _): .none
            case (let authorities?, .required): .required(authorities: authorities)
            case (let authorities?, .optional): .optional(authorities: authorities)
            }
        do throws(TLSError) {
            return try settings.key.withExposedBytes { (bytes) throws(TLSError) in
                var key: [UInt8] = []
                // Growing would leave a copy behind.
                key.reserveCapacity(bytes.count)
                for index in bytes.indices { key.append(bytes[index]) }
                defer { wipe(&key) }
                return try TLSContext.listener(
                    certificateChain: settings.certificates, key: key, clients: clients)
            }
        } catch {
            throw Stop(.usage, "cartouche: \(sentence(error))")
        }
    }

    private static func sentence(_ error: TLSError) -> String {
        switch error {
        case .keyUnusable:
            "tls_certificate_file and tls_key_file do not go together: the one has to hold PEM certificates, the "
                + "server's first, the other the first one's private key, not encrypted"
        case .caFileUnreadable: "tls_certificate_file or tls_client_ca_file holds no PEM certificate that can be read"
        default: "TLS of listeners: \(error.explanation)"
        }
    }
}
