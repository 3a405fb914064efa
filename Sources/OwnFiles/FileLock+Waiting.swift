#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension FileLock {
    /// Takes the lock, waiting for whoever has it; nil where that takes longer than `seconds`. Blocks the thread.
    package static func wait(on file: OwnFile, seconds: Int) throws(OwnFileError) -> FileLock? {
        let pause: UInt32 = 10_000
        for _ in 0...(seconds * 1_000_000 / Int(pause)) {
            switch attempt(on: file) {
            case .held(let lock): return lock
            case .unavailable(let error): throw error
            case .busy: usleep(pause)
            }
        }
        return nil
    }
}
