#if os(Linux)
    import Glibc
    import Testing

    @testable import Confinement

    @Suite("A message between the process and its steward")
    struct MessageSocketTests {
        private let ours: MessageSocket
        private let theirs: MessageSocket

        init() throws {
            let pair = try #require(MessageSocket.pairs(1)?.first)
            ours = MessageSocket(pair.ours)
            theirs = MessageSocket(pair.theirs)
        }

        @Test("It brings the descriptor that was sent")
        func one() throws {
            let pipe = try Pipe()
            let isSent = theirs.send([1, 2], descriptor: pipe.readingEnd)
            #expect(isSent)
            pipe.closeReadingEnd()
            let message = try #require(ours.receive(limit: 16))
            #expect(message.bytes == [1, 2] && message.descriptor >= 0)
            #expect(!pipe.isDeserted)
            close(message.descriptor)
            #expect(pipe.isDeserted)
        }

        @Test("With more than one it is none, and none of them stays open", arguments: [2, 3, 200])
        func several(_ count: Int) throws {
            let pipe = try Pipe()
            #expect(send([Int32](repeating: pipe.readingEnd, count: count)) == 1)
            pipe.closeReadingEnd()
            #expect(ours.receive(limit: 16) == nil)
            #expect(pipe.isDeserted)
        }

        @Test("One that is longer than what is waited for is none, nor is its descriptor")
        func tooLong() throws {
            let pipe = try Pipe()
            let isSent = theirs.send([UInt8](repeating: 1, count: 17), descriptor: pipe.readingEnd)
            #expect(isSent)
            pipe.closeReadingEnd()
            #expect(ours.receive(limit: 16) == nil)
            #expect(pipe.isDeserted)
        }

        /// One byte, with all of these.
        private func send(_ descriptors: [Int32]) -> Int {
            let headSize = MemoryLayout<cmsghdr>.size
            var control = [UInt8](repeating: 0, count: headSize + descriptors.count * 4)
            var byte: UInt8 = 1
            return control.withUnsafeMutableBytes { control in
                var head = cmsghdr()
                head.cmsg_len = control.count
                head.cmsg_level = SOL_SOCKET
                // SCM_RIGHTS
                head.cmsg_type = 1
                control.storeBytes(of: head, as: cmsghdr.self)
                for (index, descriptor) in descriptors.enumerated() {
                    control.storeBytes(of: descriptor, toByteOffset: headSize + index * 4, as: Int32.self)
                }
                return withUnsafeMutablePointer(to: &byte) { byte in
                    var part = iovec(iov_base: byte, iov_len: 1)
                    return withUnsafeMutablePointer(to: &part) { part in
                        var message = msghdr()
                        message.msg_iov = part
                        message.msg_iovlen = 1
                        message.msg_control = control.baseAddress
                        message.msg_controllen = control.count
                        return sendmsg(theirs.descriptor, &message, 0)
                    }
                }
            }
        }
    }

    /// Tells whether anybody has its reading end.
    private final class Pipe {
        private(set) var readingEnd: Int32
        private let writingEnd: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            (readingEnd, writingEnd) = (ends[0], ends[1])
        }

        deinit {
            closeReadingEnd()
            close(writingEnd)
        }

        func closeReadingEnd() {
            if readingEnd >= 0 { close(readingEnd) }
            readingEnd = -1
        }

        var isDeserted: Bool {
            var entry = pollfd(fd: writingEnd, events: Int16(POLLOUT), revents: 0)
            return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLERR) != 0
        }
    }
#endif
