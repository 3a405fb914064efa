/// Collects the bytes of one head, however they arrive. A head that arrives whole is not copied here.
package struct HeadAssembler: Sendable {
    private var scanner: HeadScanner
    private var partial: [UInt8] = []

    package init(_ kind: HeadScanner.Kind) { scanner = HeadScanner(kind) }

    /// Whether some of a head has arrived.
    package var hasBegun: Bool { !partial.isEmpty }

    package mutating func reset() {
        partial.removeAll(keepingCapacity: false)
        scanner.reset()
    }

    /// Gives a complete head to `parse`, moving `offset` behind it.
    ///
    /// - Parameter parse: parses the head at the beginning of what it is given, behind which there may be more, and
    ///   returns its length.
    /// - Returns: false where the head is not complete; the input is used up then.
    package mutating func next(
        _ input: Span<UInt8>, from offset: inout Int, limits: HeadLimits,
        parse: (Span<UInt8>) throws(WireError) -> Int
    ) throws(WireError) -> Bool {
        guard offset < input.count else { return false }
        if partial.isEmpty {
            let rest = input.extracting(offset..<input.count)
            if parseWhole(rest, from: &offset, parse) { return true }
            guard let length = try scanner.scan(rest, limits: limits) else {
                partial.append(copying: rest)
                offset = input.count
                return false
            }
            _ = try parse(rest.extracting(0..<length))
            offset &+= length
        } else {
            var whole = partial
            partial = []
            let before = whole.count
            // No more than a head can have, and what is behind it stays where it is.
            let taken = min(input.count &- offset, max(limits.head &+ 4 &- before, 0))
            whole.append(copying: input.extracting(offset..<offset &+ taken))
            guard let length = try scanner.scan(whole.span, limits: limits) else {
                partial = whole
                offset &+= taken
                return false
            }
            _ = try parse(whole.span.extracting(0..<length))
            offset &+= length &- before
        }
        scanner.reset()
        return true
    }

    /// As nearly every head comes: whole and without a fault. Whoever parses it checks all that the scanner does, so
    /// that needs to be asked only where something is missing or wrong, and which rule was broken first. (Of a request
    /// and its answer, 2,200 instructions less.)
    private func parseWhole(
        _ bytes: Span<UInt8>, from offset: inout Int, _ parse: (Span<UInt8>) throws(WireError) -> Int
    ) -> Bool {
        // After an error the scanner is not idle any more, and goes on throwing it.
        guard scanner.isIdle else { return false }
        do throws(WireError) {
            offset &+= try parse(bytes)
            return true
        } catch {
            return false
        }
    }
}
