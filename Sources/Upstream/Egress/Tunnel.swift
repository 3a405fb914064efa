import Secrets
import Transport
import Wire

/// Asks an egress proxy for a tunnel, on a connection on which nothing has been said yet.
struct Tunnel {
    private var request: [UInt8]
    private var sent = 0
    private var answer: TunnelAnswer

    init(to endpoint: Endpoint, through proxy: EgressProxy, limits: HeadLimits) {
        request = Self.request(to: endpoint, proxy)
        answer = TunnelAnswer(limits: limits)
    }

    /// The target has its port, also where it is the usual one (RFC 9112 §3.2.3).
    static func request(to endpoint: Endpoint, _ proxy: EgressProxy) -> [UInt8] {
        let host = endpoint.isAddress && endpoint.host.utf8.contains(UInt8(ascii: ":")) ? "[\(endpoint.host)]" : endpoint.host
        let target = Array("\(host):\(endpoint.port)".utf8)
        var bytes: [UInt8] = []
        // All at once: growing would leave a copy of the credentials behind.
        bytes.reserveCapacity(2 * target.count + (proxy.authorization?.count ?? 0) + 40)
        HeadWriter.appendRequestLine(method: "CONNECT", target: target.span, to: &bytes)
        HeadWriter.appendField(.host, target.span, to: &bytes)
        proxy.authorization?.withExposedBytes { bytes.append(copying: $0) }
        HeadWriter.appendEnd(to: &bytes)
        return bytes
    }

    /// Goes on with what can be written and read now.
    ///
    /// - Returns: whether the tunnel is open, and the next byte on the channel is between us and the upstream.
    mutating func advance(_ channel: inout Channel, _ scratch: inout [UInt8]) throws(EgressFailure) -> Bool {
        try send(&channel)
        while true {
            switch unsafe scratch.withUnsafeMutableBytes({ unsafe channel.read(into: $0) }) {
            case .bytes(let count):
                if try answer.take(scratch.span.extracting(0..<count)) { return true }
            case .blocked: return false
            case .ended: throw .closed
            case .failed(let error): throw .failed(error)
            }
        }
    }

    private mutating func send(_ channel: inout Channel) throws(EgressFailure) {
        while sent < request.count {
            let outcome = unsafe request.withUnsafeBytes {
                unsafe channel.write(UnsafeRawBufferPointer(rebasing: $0[sent...]))
            }
            switch outcome {
            case .bytes(let count): sent += count
            case .blocked: return
            case .ended: throw .closed
            // It may have answered before it closed; reading finds out.
            case .failed: return forget()
            }
        }
        forget()
    }

    /// Overwrites the request, and with it the credentials.
    mutating func forget() {
        wipe(&request)
        sent = 0
    }
}
