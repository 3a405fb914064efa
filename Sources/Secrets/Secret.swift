#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bytes that must not be seen: a client secret, a token, a key.
///
/// It cannot print itself: every textual form, `Mirror` included, says `<secret>`. Its storage is one
/// allocation that is never resized (so no copy is left behind by growth) and is overwritten when the
/// last reference goes. The bytes are lent to a closure under a loud name and are not to be stored.
@safe
package final class Secret: Sendable {
    // Never written after `init`, so sharing it between threads is sound.
    private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

    /// The number of bytes.
    package let count: Int

    /// Copies `bytes`; the caller wipes its own copy (``wipe(_:)``).
    package init(copying bytes: Span<UInt8>) {
        count = bytes.count
        unsafe storage = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
        for index in bytes.indices { unsafe storage[index] = bytes[index] }
    }

    /// Takes the bytes of a string; for secrets that reach the program as one (an environment variable).
    package convenience init(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(copying: bytes.span)
    }

    deinit {
        unsafe overwrite(storage)
        unsafe storage.deallocate()
    }

    /// Lends the bytes for the time of one call.
    @inlinable
    package func withExposedBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(exposed.span)
    }

    @usableFromInline
    var exposed: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(
            start: storage.baseAddress.map { unsafe UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) },
            count: count)
    }

    /// Whether both hold the same bytes, in time that depends on the lengths only.
    package func matches(_ other: Span<UInt8>) -> Bool {
        withExposedBytes { constantTimeEqual($0, other) }
    }

    package func matches(_ other: Secret) -> Bool {
        other.withExposedBytes { matches($0) }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Compares without leaving early at the first difference, so that the time taken tells nothing about
/// where two values of one length differ.
package func constantTimeEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    var difference: UInt8 = 0
    for index in one.indices { difference |= one[index] ^ other[index] }
    return difference == 0
}

/// Overwrites a buffer that held a secret, in a way the optimiser may not drop.
package func wipe(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { unsafe overwrite($0) }
    bytes.removeAll(keepingCapacity: true)
}

private func overwrite(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let base = buffer.baseAddress else { return }
    #if canImport(Darwin)
        unsafe _ = memset_s(base, buffer.count, 0, buffer.count)
    #else
        unsafe explicit_bzero(base, buffer.count)
    #endif
}
