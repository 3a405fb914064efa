import Secrets

extension Assembly {
    /// Who reaches a listener from other machines uses our credential, and what he sends and gets travels on the
    /// network: so he has to prove who he is, under TLS.
    private mutating func checkListeners(
        _ listeners: [ListenAddress], _ insecure: InsecureSettings, _ clients: ClientSettings,
        asksForCertificates: Bool
    ) {
        if listeners.isEmpty {
            findings.report(
                .requiredKeysAreGiven, at: place(of: Keys.listen.definition), "listen names no address")
        }
        for listener in listeners where !listener.isLocal {
            var ways: [String] = []
            var words: [String] = []
            // Nobody is served there without having proved who he is: by a certificate, or by a key.
            let authenticatesClients = clients.areAuthenticated || (listener.isTLS && asksForCertificates)
            if !insecure.allowsUnauthenticated, !authenticatesClients {
                ways.append("set clients: keys or tls_client_ca_file")
                words.append(Keys.insecureAllowUnauthenticated.definition.name)
            }
            if !insecure.allowsPlaintext, !listener.isTLS {
                ways.append("write https:// before the address and set tls_certificate_file")
                words.append(Keys.insecureAllowPlaintext.definition.name)
            }
            guard !words.isEmpty else { continue }
            findings.report(
                .listenersAreLocal, at: place(of: Keys.listen.definition),
                "listen \(listener) can be reached from other machines, whose users would use your credential",
                suggestion: "listen on 127.0.0.1 or a unix: socket; or \(ways.joined(separator: " and ")); "
                    + "or turn on \(words.joined(separator: " and "))")
        }
    }

    /// Reads what `https://` listeners need, and checks the others against it.
    mutating func listenerTLS(
        _ listeners: [ListenAddress], _ insecure: InsecureSettings, _ clients: ClientSettings
    ) -> ListenerTLSSettings? {
        let clientCA = value(Keys.tlsClientCAFile)
        let clientCertificates = value(Keys.tlsClientCertificates)
        checkListeners(
            listeners, insecure, clients, asksForCertificates: clientCA != nil && clientCertificates == .required)
        let certificate = value(Keys.tlsCertificateFile)
        let key = value(Keys.tlsKeyFile)
        let isUsed = listeners.contains(where: \.isTLS)
        for (definition, file) in [(Keys.tlsCertificateFile.definition, certificate), (Keys.tlsKeyFile.definition, key)]
        where isUsed && file == nil && !given.isGiven(definition.name) {
            findings.report(
                .requiredKeysAreGiven, at: place(of: Keys.listen.definition),
                "listen names an https:// address, and \(definition.name) is not given",
                suggestion: "set tls_certificate_file and tls_key_file")
        }
        guard isUsed else {
            for definition in [
                Keys.tlsCertificateFile.definition, Keys.tlsKeyFile.definition, Keys.tlsClientCAFile.definition,
            ] where given.isGiven(definition.name) {
                findings.report(
                    .settingsAgree, at: place(of: definition),
                    "\(definition.name) is given, and no address of listen speaks TLS",
                    suggestion: "write the address as https://ADDRESS:PORT")
            }
            return nil
        }
        guard let certificate, let key,
            let certificates = content(of: certificate, Keys.tlsCertificateFile.definition),
            var keyBytes = content(of: key, Keys.tlsKeyFile.definition, isSecret: true)
        else { return nil }
        defer { wipe(&keyBytes) }
        var authorities: [UInt8]?
        if let clientCA {
            guard let bytes = content(of: clientCA, Keys.tlsClientCAFile.definition) else { return nil }
            authorities = bytes
        }
        return ListenerTLSSettings(
            files: [certificate, key] + (clientCA.map { [$0] } ?? []), certificates: certificates, key: Secret(copying: keyBytes.span), clientAuthorities: authorities,
            clientCertificates: clientCertificates)
    }

    /// Much more than chains, keys and lists of authorities need, in bytes.
    private static let pemLimit = 8 << 20

    private mutating func content(
        of path: String, _ definition: KeyDefinition, isSecret: Bool = false
    ) -> [UInt8]? {
        do throws(FileProblem) {
            var file = try ProtectedFile(at: path, limit: Self.pemLimit, trust: trust)
            guard !isSecret || trust.allowsReaders(of: file.status) else {
                wipe(&file.bytes)
                throw .readableByOthers(path: path)
            }
            return file.bytes
        } catch {
            findings.report(
                error.rule, at: place(of: definition), "\(definition.name): \(error.message)",
                suggestion: error.suggestion)
            return nil
        }
    }

    mutating func peers() -> PeerSettings {
        PeerSettings(
            users: value(Keys.allowUIDs), ranges: value(Keys.allowFrom), socketMode: value(Keys.unixSocketMode),
            socketOwner: value(Keys.unixSocketOwner), socketGroup: value(Keys.unixSocketGroup))
    }
}
