/// One instruction of the kernel's packet filter language (BPF), in which it takes rules about system calls.
///
/// Classic BPF has an accumulator, and jumps forward only; so every program ends.
package struct FilterInstruction: Equatable, Sendable {
    package let code: UInt16
    /// How many instructions are skipped where a comparison holds, and where it does not.
    package let skipIfTrue: UInt8
    package let skipIfFalse: UInt8
    package let operand: UInt32

    private init(_ code: UInt16, _ operand: UInt32, skipIfTrue: UInt8 = 0, skipIfFalse: UInt8 = 0) {
        self.code = code
        self.operand = operand
        self.skipIfTrue = skipIfTrue
        self.skipIfFalse = skipIfFalse
    }

    // MARK: The instructions needed; their numbers are those of linux/bpf_common.h

    static let loadCode: UInt16 = 0x20
    static let jumpIfEqualCode: UInt16 = 0x15
    static let jumpIfAtLeastCode: UInt16 = 0x35
    static let jumpIfAnyBitCode: UInt16 = 0x45
    static let maskCode: UInt16 = 0x54
    static let endCode: UInt16 = 0x06

    /// Loads 32 bits of the description of the call (`struct seccomp_data`).
    static func load(_ offset: UInt32) -> FilterInstruction { FilterInstruction(loadCode, offset) }

    static func mask(_ bits: UInt32) -> FilterInstruction { FilterInstruction(maskCode, bits) }

    static func skip(ifEqual value: UInt32, _ count: UInt8, otherwise other: UInt8 = 0) -> FilterInstruction {
        FilterInstruction(jumpIfEqualCode, value, skipIfTrue: count, skipIfFalse: other)
    }

    static func skip(ifAtLeast value: UInt32, _ count: UInt8, otherwise other: UInt8 = 0) -> FilterInstruction {
        FilterInstruction(jumpIfAtLeastCode, value, skipIfTrue: count, skipIfFalse: other)
    }

    static func skip(ifAnyBitOf bits: UInt32, _ count: UInt8, otherwise other: UInt8 = 0) -> FilterInstruction {
        FilterInstruction(jumpIfAnyBitCode, bits, skipIfTrue: count, skipIfFalse: other)
    }

    static func end(_ verdict: SystemCallVerdict) -> FilterInstruction { FilterInstruction(endCode, verdict.value) }
}
