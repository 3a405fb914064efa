/// A program for the kernel that judges every system call, assembled from rules.
///
/// Rules are tried in their order. Kernels since 5.11 remember which calls pass whatever their arguments, and ask the
/// program about the others only, so its length costs nothing where it matters.
package struct SystemCallFilter: Sendable {
    package let instructions: [FilterInstruction]

    /// Offsets in `struct seccomp_data`.
    private static let numberOffset: UInt32 = 0
    private static let architectureOffset: UInt32 = 4

    /// Where the low half of an argument is, on the little-endian machines we run on.
    private static func lowOffset(_ argument: UInt32) -> UInt32 { 16 + argument * 8 }
    private static func highOffset(_ argument: UInt32) -> UInt32 { 20 + argument * 8 }

    /// Set in the numbers of x86-64's second, all but unused interface (x32), under which each call has another name.
    private static let foreignNumbers: UInt32 = 0x4000_0000

    /// - Parameters:
    ///   - architecture: that of the calls meant; a process can make calls of others, under other numbers.
    ///   - otherwise: the verdict where no rule applies.
    package init(_ rules: [SystemCallRule], architecture: UInt32, otherwise: SystemCallVerdict) {
        var program: [FilterInstruction] = [
            .load(Self.architectureOffset),
            .skip(ifEqual: architecture, 1),
            .end(.endsProcess),
            .load(Self.numberOffset),
            .skip(ifAtLeast: Self.foreignNumbers, 0, otherwise: 1),
            .end(.endsProcess),
        ]
        for rule in rules { program += Self.instructions(of: rule) }
        instructions = program + [.end(otherwise)]
    }

    /// The accumulator holds the call's number before them, and after them where they did not decide.
    private static func instructions(of rule: SystemCallRule) -> [FilterInstruction] {
        guard !rule.tests.isEmpty else {
            return [.skip(ifEqual: rule.number, 0, otherwise: 1), .end(rule.verdict)]
        }
        // From the end: each test knows how far it is to the end of the rule.
        var body: [FilterInstruction] = [.end(rule.verdict)]
        for test in rule.tests.reversed() { body = instructions(of: test, distance: body.count) + body }
        body.append(.load(numberOffset))
        // One more than the body: the number is still there.
        return [.skip(ifEqual: rule.number, 0, otherwise: UInt8(clamping: body.count))] + body
    }

    /// - Parameter distance: what follows up to the rule's end.
    private static func instructions(
        of test: SystemCallRule.ArgumentTest, distance: Int
    ) -> [FilterInstruction] {
        let load = FilterInstruction.load(lowOffset(test.index))
        let fail = UInt8(clamping: distance)
        switch test.test {
        case .hasNone(let bits): return [load, .skip(ifAnyBitOf: bits, fail)]
        case .hasAll(let bits): return [load, .mask(bits), .skip(ifEqual: bits, 0, otherwise: fail)]
        case .isAny(let values):
            var result: [FilterInstruction] = []
            for (place, value) in values.enumerated() {
                let rest = values.count - 1 - place
                let isLast = rest == 0
                result.append(
                    .skip(ifEqual: value, UInt8(clamping: rest), otherwise: isLast ? fail : 0))
            }
            let high: [FilterInstruction] = [
                .load(highOffset(test.index)),
                .skip(ifEqual: 0, 0, otherwise: UInt8(clamping: 1 + result.count + distance)),
            ]
            return high + [load] + result
        }
    }
}
