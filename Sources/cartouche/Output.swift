#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Text for a person or a program, outside the log; written at once, whatever stands at the other end.
struct Output {
    static let standardOutput = Output(descriptor: 1)
    static let standardError = Output(descriptor: 2)

    let descriptor: Int32

    /// Writes `text` and a line feed, if it does not end with one.
    func write(_ text: String) { write(Array((text.hasSuffix("\n") ? text : text + "\n").utf8)) }

    /// Writes a question, whose answer is to stand behind it.
    func prompt(_ text: String) { write(Array(text.utf8)) }

    /// Writes just these: what may be a secret is not made a string of.
    func write(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { unsafe put(UnsafeRawBufferPointer(rebasing: $0[start...])) }
            guard count > 0 else { return }
            start += count
        }
    }

    private func put(_ buffer: UnsafeRawBufferPointer) -> Int { unsafe systemWrite(descriptor, buffer) }
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
    unsafe write(descriptor, buffer.baseAddress, buffer.count)
}
