import Configuration
import Policy
import Transport

/// What is tried on one listener. Blocks.
struct DoctorExamination {
    let target: DoctorTarget
    /// Of the configuration at hand; nil where it could not be read.
    let settings: Settings?
    let isLive: Bool

    /// Whether somebody answers there at all.
    var isAnswered: Bool { target.call(isSecure: false).isAnswered() }

    func findings() -> [DoctorFinding] {
        guard isAnswered else { return [found("attacks on a running instance", .skipped("nobody listens there"))] }
        // A client without what the listener asks for sees nothing else of it.
        do throws(BlockingCall.Failure) {
            guard try target.send(DoctorAttack.request(host: target.authority)) != nil else {
                return [found("answers HTTP", .failed("no HTTP answer", mend: "check that this is a cartouche"))]
            }
        } catch {
            return transport() + [found("everything else", .skipped(error.explanation))]
        }
        return DoctorAttack.all(host: target.authority, port: target.address.port).map(attack) + deniedRoutes()
            + keys() + transport() + live()
    }

    private func found(_ what: String, _ outcome: DoctorFinding.Outcome) -> DoctorFinding {
        DoctorFinding(what: what, place: target.shown, outcome: outcome)
    }

    // MARK: Requests

    private func attack(_ attack: DoctorAttack) -> DoctorFinding {
        for request in attack.requests {
            if let outcome = refused(request, by: attack.codes, mend: attack.mend) {
                return found(attack.what, outcome)
            }
        }
        return found(attack.what, .held)
    }

    /// Nil where it was refused, by one of these rules and with no word that a page could read it.
    private func refused(_ request: [UInt8], by codes: Set<String>, mend: String) -> DoctorFinding.Outcome? {
        let first = String(decoding: request.prefix { $0 != 0x0D }, as: UTF8.self)
        do throws(BlockingCall.Failure) {
            guard let answer = try target.send(request) else {
                return .failed("\(first): no HTTP answer", mend: mend)
            }
            if answer.code == Self.keyMissing {
                return .skipped("it asks for a client's key before it looks at that")
            }
            guard let code = answer.code, codes.contains(code), !answer.permitsReading else {
                return .failed("\(first): answered \(answer.summary)", mend: mend)
            }
            return nil
        } catch {
            return .failed("\(first): \(error.explanation)", mend: mend)
        }
    }

    /// Where clients have keys, nothing further is told to one without.
    private static let keyMissing = "key-missing"

    private func keys() -> [DoctorFinding] {
        guard settings?.clients.areAuthenticated == true else { return [] }
        let what = "clients without a key"
        let mend = "HUP the running instance if its configuration changed; else set clients: keys in it"
        do throws(BlockingCall.Failure) {
            let answer = try target.send(DoctorAttack.request(host: target.authority))
            guard answer?.code != Self.keyMissing else { return [found(what, .held)] }
            return [found(what, .failed("answered \(answer?.summary ?? "something")", mend: mend))]
        } catch {
            return [found(what, .failed(error.explanation, mend: mend))]
        }
    }

    /// Reads only: a running instance may have another configuration, in which they are forwarded.
    private func deniedRoutes() -> [DoctorFinding] {
        guard let settings else { return [] }
        let denied = settings.routes.routes.filter { $0.isDenied && $0.methods.contains(.get) && $0.reads != .never }
        for route in denied {
            let path = "/" + route.pattern.segments.map(Self.example).joined(separator: "/")
            let request = DoctorAttack.request("GET", path, host: target.authority)
            let mend = "HUP the running instance if its configuration changed, or deny \(route.template) in it"
            if let outcome = refused(request, by: ["route-denied", "method-not-allowed"], mend: mend) {
                return [found("denied routes", outcome)]
            }
        }
        return [found("denied routes", denied.isEmpty ? .skipped("the configuration denies no read") : .held)]
    }

    private static func example(_ segment: PatternSegment) -> String {
        switch segment {
        case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
        case .choice(_, let literals): String(decoding: literals.first ?? [], as: UTF8.self)
        case .variable, .rest: "doctor"
        }
    }

    // MARK: Who may connect

    private func transport() -> [DoctorFinding] { [plainText(), reach(), otherUser()] }

    private func plainText() -> DoctorFinding {
        let what = "nothing in the clear on the network"
        guard !target.isLocal else { return found(what, .held) }
        guard target.isTLS else {
            return found(
                what,
                .failed(
                    "other machines reach it without TLS",
                    mend: "listen: https://\(target.address) with tls_certificate_file, or 127.0.0.1"))
        }
        return found(what, .held)
    }

    /// Whether somebody answers on this port by an address that other machines call.
    private func reach() -> DoctorFinding {
        let what = "not reachable from other machines"
        guard target.isLocal else {
            return found(what, .skipped("it is meant to be: listen names \(target.address)"))
        }
        guard let port = target.address.port else { return found(what, .held) }
        for address in SocketAddress.ofThisMachine(port: port)
        where BlockingCall(to: address, seconds: 3).isAnswered() {
            return found(
                what,
                .failed("\(address) takes connections", mend: "find out what forwards or listens there: ss -ltnp"))
        }
        return found(what, .held)
    }

    private func otherUser() -> DoctorFinding {
        let what = "not for other users of this machine"
        if !target.isUnix, let settings, settings.peers.users.isEmpty {
            return found(
                what, .skipped("every user may: allow_uids is not set; to keep others out: allow_uids: [\(ownUser())]"))
        }
        if let settings, settings.peers.users.contains(OtherUser.nobody) {
            return found(what, .skipped("allow_uids lists \(OtherUser.nobody)"))
        }
        let request = DoctorAttack.request(host: target.authority)
        let outcome = OtherUser.acting(as: OtherUser.nobody) { () -> Result<DoctorAnswer?, BlockingCall.Failure> in
            do throws(BlockingCall.Failure) { return .success(try target.send(request)) } catch {
                return .failure(error)
            }
        }
        let mend = target.isUnix ? "unix_socket_mode: 0600" : "allow_uids: [\(ownUser())]"
        switch outcome {
        case nil: return found(what, .skipped("only root can act as another user"))
        case .failure(.notConnected)?: return found(what, .held)
        case .failure(let error)?: return found(what, .failed(error.explanation, mend: mend))
        case .success(let answer)?:
            if answer?.code == "user-not-allowed" || answer?.code == "user-unknown" { return found(what, .held) }
            return found(what, .failed("answered \(answer?.summary ?? "something")", mend: mend))
        }
    }

    // MARK: Live

    /// One request that is forwarded: it runs no SQL and costs nothing.
    private func live() -> [DoctorFinding] {
        let what = "no credential in an answer"
        guard isLive else { return [found(what, .skipped("--live sends GET /v3/lds/stats"))] }
        do throws(BlockingCall.Failure) {
            let request = DoctorAttack.request("GET", "/v3/lds/stats", host: target.authority)
            guard let answer = try target.send(request) else {
                return [found(what, .failed("no HTTP answer", mend: "see the log"))]
            }
            guard answer.code == nil else { return [found(what, .skipped("answered \(answer.summary)"))] }
            let told = answer.fields.first { ["set-cookie", "authorization", "www-authenticate"].contains($0.name) }
            if let told { return [found(what, .failed("the answer has \(told.name)", mend: "report it"))] }
            let secrets = settings?.credentials.map(\.secret.secret) ?? []
            if DoctorSecrets(secrets).stand(in: answer.bytes) {
                return [found(what, .failed("the answer holds a secret of the configuration", mend: "report it"))]
            }
            return [found(what, .held)]
        } catch {
            return [found(what, .failed(error.explanation, mend: "see the log"))]
        }
    }
}
