import CSystem
import Transport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What holds for the whole process, whatever it then does.
enum ProcessSetup {
    static func prepare() {
        Signals.ignoreBrokenPipes()
        cartouche_end_crash_reports()
        // Files made from here on are the user's alone.
        umask(0o077)
        // No core dump, and no reading of the memory by other processes of the user: both would show secrets.
        _ = cartouche_disable_core_dumps()
        // The soft limit on open files is low for the sake of programs that use `select`; this one does not.
        _ = cartouche_raise_descriptor_limit()
    }

    /// Lets so many files be open at a time without the kernel having to make room for them meanwhile. Before there are
    /// threads it costs nothing but some bytes for each.
    static func reserveDescriptors(_ count: Int) { cartouche_reserve_descriptors(max(count, 1)) }

    /// Gives back the memory of the code that only a start runs: of 25 MiB resident, 16 MiB are such pages of the program
    /// and its libraries. To map again what a request needs takes some hundred page faults, once.
    static func unmapStartupPages() { cartouche_unmap_read_only_pages() }

    /// Of this process.
    static var number: Int32 { getpid() }

    /// Of the process that started it, for as long as that lives.
    static var parentNumber: Int32 { getppid() }

    /// Asks another process to end.
    static func end(_ process: Int32) { _ = kill(process, SIGTERM) }

    /// How many event loops to run when nobody says: as many as processors this process may use, by its affinity
    /// and by its control group's quota.
    static func usableProcessors() -> Int {
        let affinity = Int(cartouche_affinity_count())
        let processors = affinity > 0 ? affinity : max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1)
        guard let quota = ControlGroup.processorQuota() else { return processors }
        return max(min(processors, quota), 1)
    }
}
