internal import CSystem

/// A system call's failure: its `errno`.
package struct SystemError: Error, Equatable, Sendable {
    package let number: Int32

    package init(number: Int32) { self.number = number }

    /// The calling thread's `errno`; read right after the call that failed.
    static var last: SystemError { SystemError(number: cartouche_errno()) }

    package static let connectionRefused = SystemError(number: ECONNREFUSED)
    package static let connectionReset = SystemError(number: ECONNRESET)
    package static let timedOut = SystemError(number: ETIMEDOUT)
    package static let addressInUse = SystemError(number: EADDRINUSE)
    package static let addressNotAvailable = SystemError(number: EADDRNOTAVAIL)
    package static let outOfMemory = SystemError(number: ENOMEM)
    package static let tooManyOpenFiles = SystemError(number: EMFILE)
    /// Where a socket was to be made there is a file of another kind.
    package static let notASocket = SystemError(number: ENOTSOCK)

    /// Whether it says that this machine has no such address or address family.
    package var isAddressMissing: Bool { number == EADDRNOTAVAIL || number == EAFNOSUPPORT }

    /// Whether it is this process or this machine that has no more of what a socket takes: a descriptor, memory, a
    /// place among what epoll watches.
    package var isShortage: Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM, ENOSPC].contains(number) }

    /// Whether packets do not arrive any more, as after a change of the network.
    package var isOfTheNetwork: Bool {
        [ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL].contains(number)
    }

    /// The C library's text for it ("Connection refused").
    package var explanation: String {
        var buffer = [UInt8](repeating: 0, count: 128)
        let length = unsafe buffer.withUnsafeMutableBytes { raw -> Int in
            guard let text = unsafe strerror(number) else { return 0 }
            var index = 0
            while index < raw.count, unsafe text[index] != 0 {
                unsafe raw[index] = UInt8(bitPattern: text[index])
                index += 1
            }
            return index
        }
        return String(decoding: buffer[..<length], as: UTF8.self)
    }
}
