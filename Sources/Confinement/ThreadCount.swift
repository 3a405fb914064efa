#if os(Linux)
    internal import CSystem

    /// How many threads the process has; 0 where the kernel would not say.
    enum ThreadCount {
        static var current: Int {
            guard let folder = unsafe opendir("/proc/self/task") else { return 0 }
            defer { unsafe closedir(folder) }
            var count = 0
            while let entry = unsafe readdir(folder) {
                // `.` and `..` are no threads.
                if unsafe entry.pointee.d_name.0 != 0x2E { count += 1 }
            }
            return count
        }
    }
#endif
