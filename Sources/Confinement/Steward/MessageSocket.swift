#if os(Linux)
    internal import CSystem

    /// One end of a pair of sockets that keep messages apart and carry descriptors.
    final class MessageSocket: Sendable {
        let descriptor: Int32

        struct Message {
            /// Wiped by whoever knows that they hold a secret.
            var bytes: [UInt8]
            /// That of the receiver from here on; -1 where none came.
            let descriptor: Int32
        }

        /// So many pairs of connected sockets; nil where there are none to be had.
        static func pairs(_ count: Int) -> [(ours: Int32, theirs: Int32)]? {
            var pairs: [(ours: Int32, theirs: Int32)] = []
            for _ in 0..<count {
                var ends: [Int32] = [-1, -1]
                guard unsafe ends.withUnsafeMutableBufferPointer({ unsafe cartouche_message_pair($0.baseAddress) }) == 0
                else {
                    for pair in pairs {
                        close(pair.ours)
                        close(pair.theirs)
                    }
                    return nil
                }
                pairs.append((ends[0], ends[1]))
            }
            return pairs
        }

        /// Takes it over.
        init(_ descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }

        /// False where the other end has gone.
        func send(_ bytes: [UInt8], descriptor passed: Int32 = -1) -> Bool {
            while true {
                let sent = unsafe bytes.withUnsafeBytes {
                    unsafe cartouche_send_message(descriptor, $0.baseAddress, $0.count, passed)
                }
                if sent >= 0 { return sent == bytes.count }
                guard cartouche_errno() == EINTR else { return false }
            }
        }

        /// Nil where the other end has gone, or sent more than `limit`.
        func receive(limit: Int) -> Message? {
            var bytes = [UInt8](repeating: 0, count: limit)
            var passed: Int32 = -1
            while true {
                let received = unsafe bytes.withUnsafeMutableBytes {
                    unsafe cartouche_receive_message(descriptor, $0.baseAddress, $0.count, &passed)
                }
                if received > 0 {
                    bytes.removeLast(limit - received)
                    return Message(bytes: bytes, descriptor: passed)
                }
                // An empty message is none of ours, and the same as the end.
                guard received < 0, cartouche_errno() == EINTR else { return nil }
            }
        }

        /// Whether something is there within that time, the end included.
        func awaitMessage(milliseconds: Int32) -> Bool {
            cartouche_await_input(descriptor, milliseconds) > 0
        }
    }
#endif
