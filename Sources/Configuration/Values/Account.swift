#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A user or group of this machine, by number or by name. Names are looked up once, when they are read.
enum Account {
    static func user(_ text: String) throws(ValueProblem) -> UInt32 {
        if let number = try number(text) { return number }
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        let result = unsafe lend { buffer, count in unsafe getpwnam_r(text, &entry, buffer, count, &found) }
        guard unsafe result == 0 && found != nil else { throw unknown("user") }
        return unsafe UInt32(entry.pw_uid)
    }

    static func group(_ text: String) throws(ValueProblem) -> UInt32 {
        if let number = try number(text) { return number }
        var entry = unsafe GroupEntry()
        var found: UnsafeMutablePointer<GroupEntry>?
        let result = unsafe lend { buffer, count in unsafe getgrnam_r(text, &entry, buffer, count, &found) }
        guard unsafe result == 0 && found != nil else { throw unknown("group") }
        return unsafe UInt32(entry.gr_gid)
    }

    /// The largest number stands for "no change" where owners are set (chown(2)).
    private static func number(_ text: String) throws(ValueProblem) -> UInt32? {
        guard !text.isEmpty, !text.utf8.contains(0) else { throw ValueProblem("is empty") }
        guard text.utf8.allSatisfy(ASCII.isDigit) else { return nil }
        guard let number = ASCII.decimal(text.utf8, limit: Int(UInt32.max) - 1) else {
            throw ValueProblem("is no user or group number")
        }
        return UInt32(truncatingIfNeeded: number)
    }

    private static func unknown(_ kind: String) -> ValueProblem {
        ValueProblem("is no \(kind) of this machine", suggestion: "write its name, or its number as `id` prints it")
    }

    /// As much as an entry of the user data base may need.
    private static func lend(_ body: (UnsafeMutablePointer<CChar>, Int) -> Int32) -> Int32 {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 16) { buffer in
            guard let start = buffer.baseAddress else { return ENOMEM }
            return unsafe body(start, buffer.count)
        }
    }
}

// The name of the type is also that of a function here.
#if canImport(Glibc)
    private typealias GroupEntry = Glibc.group
#elseif canImport(Musl)
    private typealias GroupEntry = Musl.group
#elseif canImport(Darwin)
    private typealias GroupEntry = Darwin.group
#endif
