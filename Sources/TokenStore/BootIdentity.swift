import OwnFiles

/// Names the run of the machine the program is in, by which kept readings of the boot clock are understood.
enum BootIdentity {
    /// Empty where the system does not tell; the wall clock then has to do.
    static func current() -> [UInt8] {
        #if os(Linux)
            guard let file = try? SystemFile.read("/proc/sys/kernel/random/boot_id", limit: 64) else { return [] }
            return file.filter { $0 > 0x20 }
        #else
            return []
        #endif
    }
}
