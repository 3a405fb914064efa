import Secrets

/// The bytes that a peer is to be sent next, in their order: what was composed, and what it could not take yet.
package struct SendBuffer: ~Copyable {
    @usableFromInline var bytes: [UInt8] = []
    /// How many of them have left.
    private var sent = 0
    /// Whether what is held is overwritten before its memory is let go; until all of it has left, or is forgotten.
    package var holdsSecret = false
    private let keptCapacity: Int

    package enum Outcome: Equatable {
        /// All of it has left, and the buffer is empty.
        case sent
        /// The peer takes no more now; the rest is kept.
        case blocked
        /// Some may have left and the rest is of no use: it is to be forgotten.
        case failed(ChannelError)
    }

    /// Up to this size bytes are copied behind what was composed, so that both are one record under TLS, and in the
    /// clear one plain call of the kernel, which takes less than one of two parts and a copy together.
    private static let joinedLimit = 4 << 10

    /// - Parameter keptCapacity: up to which size the memory is kept when it is empty, in bytes.
    package init(keptCapacity: Int) { self.keptCapacity = keptCapacity }

    @inlinable package var isEmpty: Bool { bytes.isEmpty }

    /// The place of what is composed next. (Not how much is to leave: what has left counts until all has.)
    @inlinable package var count: Int { bytes.count }

    @inlinable package var capacity: Int { bytes.capacity }

    /// Has `body` append to what is held, which is no secret, or take back what has not left.
    @inlinable
    package mutating func compose<Result>(_ body: (inout [UInt8]) -> Result) -> Result { body(&bytes) }

    package mutating func append(_ more: Span<UInt8>) {
        if holdsSecret, more.count > bytes.capacity - bytes.count { moveSecret(toRoomFor: more.count) }
        unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// An array that grows by itself leaves a copy behind.
    private mutating func moveSecret(toRoomFor count: Int) {
        var moved: [UInt8] = []
        moved.reserveCapacity(max(2 * bytes.capacity, bytes.count + count))
        moved += bytes
        wipe(&bytes)
        bytes = moved
    }

    /// Makes room for as many bytes as one knows will come.
    package mutating func reserve(_ count: Int) {
        holdsSecret ? moveSecret(toRoomFor: count) : bytes.reserveCapacity(bytes.count + count)
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
            let outcome = unsafe bytes.withUnsafeBytes { held in
                unsafe more.withUnsafeBytes { more in
                    unsafe channel.write(
                        UnsafeRawBufferPointer(rebasing: held[sent...]),
                        UnsafeRawBufferPointer(rebasing: more[taken...]), endFollows: endFollows)
                }
            }
            switch outcome {
            case .bytes(let count):
                // Those that were held leave first.
                let ofHeld = min(count, bytes.count - sent)
                sent += ofHeld
                taken += count - ofHeld
            case .blocked:
                let isSecret = holdsSecret
                if sent == bytes.count { empty() }
                holdsSecret = isSecret
                append(more.extracting(taken..<more.count))
                return .blocked
            case .ended: return .failed(.system(.connectionReset))
            case .failed(let error): return .failed(error)
            }
        }
        empty()
        return .sent
    }

    /// Forgets all that is held.
    package mutating func empty() {
        sent = 0
        if !bytes.isEmpty {
            if holdsSecret { wipe(&bytes) }
            bytes.removeAll(keepingCapacity: bytes.capacity <= keptCapacity)
        }
        holdsSecret = false
    }

    /// Forgets all that is held, and gives away what memory it keeps for more.
    @discardableResult
    package mutating func release() -> [UInt8] {
        empty()
        var memory: [UInt8] = []
        swap(&memory, &bytes)
        return memory
    }

    /// Composes in the memory of `buffer`, which is empty like this one.
    package mutating func use(_ buffer: consuming [UInt8]) {
        assert(bytes.isEmpty && buffer.isEmpty)
        bytes = buffer
    }
}
