#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The thread's `errno`, read right after the call that set it.
func systemErrorNumber() -> Int32 { errno }
