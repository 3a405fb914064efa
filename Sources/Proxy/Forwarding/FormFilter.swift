import Wire

/// Blanks credentials in a form body (`application/x-www-form-urlencoded`) as it streams.
///
/// A pair that holds one is overwritten with `&`: empty pairs, which every reader of forms skips. So the body
/// keeps its length, and no more than a parameter's name has to be held back.
struct FormFilter {
    private enum State {
        /// At a pair's beginning, or inside a name that may be a credential's.
        case name
        case kept
        case blanked
    }

    private var state = State.name
    private var held: [UInt8] = []

    mutating func filter(_ input: Span<UInt8>, into output: inout [UInt8]) {
        for index in input.indices {
            let byte = input[index]
            if byte == UInt8(ascii: "&") {
                release(into: &output)
                output.append(byte)
                state = .name
                continue
            }
            switch state {
            case .name where byte == UInt8(ascii: "="):
                release(into: &output)
                output.append(state == .blanked ? UInt8(ascii: "&") : byte)
            case .name:
                held.append(byte)
                if held.count > CredentialParameter.longestName {
                    output.append(contentsOf: held)
                    held.removeAll(keepingCapacity: true)
                    state = .kept
                }
            case .kept: output.append(byte)
            case .blanked: output.append(UInt8(ascii: "&"))
            }
        }
    }

    /// At the end of the body.
    mutating func finish(into output: inout [UInt8]) {
        if state == .name { release(into: &output) }
        state = .name
    }

    /// Decides about the name held, and lets it go.
    private mutating func release(into output: inout [UInt8]) {
        guard state == .name else { return }
        if CredentialParameter.isOne(held.span) {
            output.append(contentsOf: repeatElement(UInt8(ascii: "&"), count: held.count))
            state = .blanked
        } else {
            output.append(contentsOf: held)
            state = .kept
        }
        held.removeAll(keepingCapacity: true)
    }
}
