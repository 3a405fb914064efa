#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a container's control group (version 2) allows.
enum ControlGroup {
    /// Whole processors' worth of time, rounded up; nil where nothing is limited.
    static func processorQuota(file: String = "/sys/fs/cgroup/cpu.max") -> Int? {
        guard let text = read(file) else { return nil }
        let parts = text.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A })
        guard parts.count == 2, let quota = number(parts[0]), let period = number(parts[1]), period > 0 else {
            return nil
        }
        return max((quota + period - 1) / period, 1)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.count <= 15 else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}
