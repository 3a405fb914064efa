/// What servers make of paths: each lenient step one of them takes.
package enum Decoding {
    package static func percent(_ path: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        while index < path.count {
            // No sign: `%-0` is no escape to anybody.
            if path[index] == UInt8(ascii: "%"), index + 2 < path.count,
                let high = Character(Unicode.Scalar(path[index + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(path[index + 2])).hexDigitValue
            {
                output.append(UInt8(high << 4 | low))
                index += 3
            } else {
                output.append(path[index])
                index += 1
            }
        }
        return output
    }

    private static let overlong: [([UInt8], UInt8)] = [
        ([0xC0, 0xAE], 0x2E), ([0xC0, 0x2E], 0x2E), ([0xE0, 0x80, 0xAE], 0x2E), ([0xC0, 0xAF], 0x2F),
        ([0xE0, 0x80, 0xAF], 0x2F), ([0xC0, 0x2F], 0x2F), ([0xC0, 0x5C], 0x2F), ([0xC1, 0x9C], 0x2F),
        ([0xC1, 0xAF], 0x2F),
    ]

    private static func withoutOverlong(_ path: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        while index < path.count {
            if let (form, byte) = overlong.first(where: { path[index...].starts(with: $0.0) }) {
                output.append(byte)
                index += form.count
            } else {
                output.append(path[index])
                index += 1
            }
        }
        return output
    }

    private static func withoutParameters(_ path: [UInt8]) -> [UInt8] {
        Array(
            path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .map { $0.prefix { $0 != UInt8(ascii: ";") } }.joined(separator: [UInt8(ascii: "/")]))
    }

    private static func merged(_ path: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        for byte in path where !(byte == UInt8(ascii: "/") && output.last == byte) { output.append(byte) }
        return output
    }

    private static func resolved(_ path: [UInt8]) -> [UInt8] {
        var segments: [ArraySlice<UInt8>] = []
        for segment in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            if segment.elementsEqual(".".utf8) { continue }
            if segment.elementsEqual("..".utf8) { _ = segments.popLast() } else { segments.append(segment) }
        }
        return [UInt8(ascii: "/")] + segments.joined(separator: [UInt8(ascii: "/")])
    }

    private static func trimmed(_ path: [UInt8]) -> [UInt8] {
        Array(
            path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { segment in
                var segment = segment
                while let last = segment.last, last == 0x20 || last == UInt8(ascii: ".") { segment.removeLast() }
                return segment
            }.joined(separator: [UInt8(ascii: "/")]))
    }

    /// Every path some server could make of this one, up to three decodings.
    ///
    /// - Parameter foldsCase: whether there are servers to which letters of either case are the same.
    package static func readings(of path: [UInt8], foldsCase: Bool = true) -> Set<[UInt8]> {
        var seen: [[UInt8]: Int] = [:]
        var open = [(path, 0)]
        while let (current, depth) = open.popLast(), seen.count < 500 {
            if let known = seen[current], known <= depth { continue }
            seen[current] = depth
            let cut = Array(current.prefix { $0 != 0 && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
            let folded = current.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }
            let lower = current.map { $0 &- UInt8(ascii: "A") < 26 ? $0 | 0x20 : $0 }
            var next = [
                cut, folded, withoutParameters(current), merged(current), resolved(current), trimmed(current),
            ].map { ($0, depth) }
            if foldsCase { next.append((lower, depth)) }
            next += [(percent(current), depth + 1), (withoutOverlong(current), depth + 1)]
            open += next.filter { $0.0 != current && $0.1 <= 3 }
        }
        return Set(seen.keys)
    }
}
