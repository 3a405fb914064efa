import Configuration
import TLS
import Transport

/// A listener of a running instance.
struct DoctorTarget {
    let address: SocketAddress
    let isTLS: Bool
    private let trust: TLSContext?

    /// What all of one attack may take, in seconds.
    private static let patience: Int64 = 10

    /// - Parameter trust: by which the certificate of a TLS listener is verified.
    init(address: SocketAddress, isTLS: Bool, trust: TLSContext?) {
        self.address = address
        self.isTLS = isTLS
        self.trust = trust
    }

    /// As a client would write it.
    var shown: String {
        address.port == nil ? "\(address)" : "\(isTLS ? "https" : "http")://\(address)"
    }

    /// A name it has to answer to.
    var authority: String { address.port.map { "localhost:\($0)" } ?? "localhost" }

    /// Whether only this machine reaches it.
    var isLocal: Bool { address.isLoopback }

    var isUnix: Bool { address.port == nil }

    /// One that means every address of this machine is called by loopback.
    private var called: SocketAddress {
        switch address {
        case .ipv4(0, let port): .ipv4(0x7F00_0001, port: port)
        case .ipv6(0, 0, let scope, let port): .ipv6(high: 0, low: 1, scope: scope, port: port)
        case .ipv4, .ipv6, .unix: address
        }
    }

    func call(isSecure: Bool) -> BlockingCall {
        var security: BlockingCall.Security?
        if isSecure, let trust { security = .init(trust, host: "localhost", isAddress: false) }
        return BlockingCall(to: called, security: security, seconds: Self.patience)
    }

    /// Sends exactly these bytes.
    func send(_ bytes: [UInt8]) throws(BlockingCall.Failure) -> DoctorAnswer? {
        DoctorAnswer(try call(isSecure: isTLS).exchange(bytes))
    }
}

extension BlockingCall.Failure {
    /// In words, for the table.
    var explanation: String {
        switch self {
        case .notConnected(let error): "no connection: \(error.explanation)"
        case .notSecured(let error): "no TLS: \(error.explanation)"
        case .timedOut: "no answer in time"
        }
    }
}
