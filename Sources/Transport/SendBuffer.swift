import Secrets

/// The bytes that a peer is to be sent next, in their order: what was composed, and what it could not take yet.
package struct SendBuffer: ~Copyable {
    private var bytes: [UInt8] = []
    /// How many of them have left.
    private var sent = 0
    /// Whether what is held is to be overwritten before it is forgotten.
    package var holdsSecret = false
    private let keptCapacity: Int

    package enum Outcome: Equatable {
        /// All of it has left, and the buffer is empty.
        case sent
        /// The peer takes no more now; the rest is kept. Readiness will be reported.
        case blocked
        case failed(ChannelError)
    }

    /// Up to this size bytes are copied behind what was composed, so that both are one record under TLS, and in the
    /// clear one plain call of the kernel, which takes less than one of two parts and a copy together.
    private static let joinedLimit = 4 << 10

    /// - Parameter keptCapacity: up to which size the memory is kept when it is empty, in bytes.
    package init(keptCapacity: Int) { self.keptCapacity = keptCapacity }

    package var isEmpty: Bool { bytes.isEmpty }

    /// What is held, that which has left since it was last empty included.
    package var count: Int { bytes.count }

    package var capacity: Int { bytes.capacity }

    /// Has `body` append to what is held, or take back what has not left.
    package mutating func compose<Result>(_ body: (inout [UInt8]) -> Result) -> Result { body(&bytes) }

    package mutating func append(_ more: Span<UInt8>) {
        unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Sends what is held, as far as the peer takes it.
    ///
    /// - Parameter endFollows: as for ``Channel/write(_:endFollows:)``.
    package mutating func send(over channel: inout Channel, endFollows: Bool = false) -> Outcome {
        while sent < bytes.count {
            let outcome = unsafe bytes.withUnsafeBytes {
                unsafe channel.write(UnsafeRawBufferPointer(rebasing: $0[sent...]), endFollows: endFollows)
            }
            switch outcome {
            case .bytes(let count): sent += count
            case .blocked: return .blocked
            case .ended: return .failed(.system(.connectionReset))
            case .failed(let error): return .failed(error)
            }
        }
        empty()
        return .sent
    }

    /// Sends what is held and `more` behind it, as far as the peer takes it, without copying what leaves at once, but
    /// for a little that is better joined; keeps the rest.
    package mutating func send(_ more: Span<UInt8>, over channel: inout Channel, endFollows: Bool = false) -> Outcome {
        if !bytes.isEmpty, more.count <= Self.joinedLimit {
            append(more)
            return send(over: &channel, endFollows: endFollows)
        }
        var taken = 0
        while taken < more.count {
            let outcome = unsafe bytes.withUnsafeBytes { first in
                unsafe more.withUnsafeBytes { second in
                    unsafe channel.write(
                        UnsafeRawBufferPointer(rebasing: first[sent...]),
                        UnsafeRawBufferPointer(rebasing: second[taken...]), endFollows: endFollows)
                }
            }
            switch outcome {
            case .bytes(let count):
                let ofFirst = min(count, bytes.count - sent)
                sent += ofFirst
                taken += count - ofFirst
                if !bytes.isEmpty, sent == bytes.count { empty() }
            case .blocked:
                append(more.extracting(taken..<more.count))
                return .blocked
            case .ended: return .failed(.system(.connectionReset))
            case .failed(let error): return .failed(error)
            }
        }
        return .sent
    }

    /// Forgets all that is held.
    package mutating func empty() {
        sent = 0
        if holdsSecret { wipe(&bytes) }
        holdsSecret = false
        bytes.removeAll(keepingCapacity: bytes.capacity <= keptCapacity)
    }

    /// Forgets all that is held, and gives its memory away.
    package mutating func release() -> [UInt8] {
        empty()
        var memory: [UInt8] = []
        swap(&memory, &bytes)
        return memory
    }

    /// Uses the memory of `buffer`, which is empty, from now on. What is held has to be none.
    package mutating func use(_ buffer: consuming [UInt8]) { bytes = buffer }
}
