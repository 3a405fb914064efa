/// What becomes of a system call.
package enum SystemCallVerdict: Equatable, Sendable {
    case allowed
    /// The call does nothing and fails with that `errno`.
    case fails(Int32)
    /// The process ends at once: nothing of ours makes this call, so whoever does is not ours any more.
    case endsProcess

    /// As the kernel reads it (linux/seccomp.h).
    var value: UInt32 {
        switch self {
        case .allowed: 0x7FFF_0000
        case .fails(let code): 0x0005_0000 | (UInt32(bitPattern: code) & 0xFFFF)
        case .endsProcess: 0x8000_0000
        }
    }
}
