#if os(Linux)
    internal import CSystem

    /// epoll, with an eventfd to be woken by and a timerfd as the alarm.
    ///
    /// The epoll descriptor is what Dispatch watches: a single source for the life of the loop.
    final class Poller: Sendable {
        let descriptor: Int32
        private let wakeDescriptor: Int32
        private let alarmDescriptor: Int32

        /// Of the poller's own descriptors; no registration has these tags.
        private static let wakeTag = UInt64.max
        private static let alarmTag = UInt64.max - 1

        init() throws(SystemError) {
            descriptor = epoll_create1(O_CLOEXEC)
            guard descriptor >= 0 else { throw .last }
            wakeDescriptor = cartouche_eventfd()
            alarmDescriptor = cartouche_alarm()
            guard wakeDescriptor >= 0, alarmDescriptor >= 0 else { throw .last }
            try add(wakeDescriptor, tag: Self.wakeTag, interest: .readable)
            try add(alarmDescriptor, tag: Self.alarmTag, interest: .readable)
        }

        deinit {
            for number in [wakeDescriptor, alarmDescriptor, descriptor] where number >= 0 { close(number) }
        }

        func add(_ target: Int32, tag: UInt64, interest: Interest) throws(SystemError) {
            let events =
                switch interest {
                case .connectionEdges:
                    cartouche_epoll_in | cartouche_epoll_out | cartouche_epoll_rdhup | cartouche_epoll_edge
                case .sharedListener: cartouche_epoll_in | cartouche_epoll_exclusive
                case .readable: cartouche_epoll_in
                }
            guard cartouche_epoll_add(descriptor, target, tag, events) == 0 else { throw .last }
        }

        func remove(_ target: Int32) {
            _ = cartouche_epoll_remove(descriptor, target)
        }

        /// Waits for events or the alarm, if it may, and adds each event's tag and readiness. ``wake()`` is an event, too.
        ///
        /// - Returns: the number of events, and whether the alarm has gone off, which is none of them.
        func wait(_ events: inout [PollerEvent], mayWait: Bool) -> (count: Int, isAlarm: Bool) {
            unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.batch) { buffer in
                let count = unsafe epoll_wait(descriptor, buffer.baseAddress, Int32(Self.batch), mayWait ? -1 : 0)
                // EINTR and the like: nothing was ready.
                guard count > 0 else { return (0, false) }
                var isAlarm = false
                let before = events.count
                for index in 0..<Int(count) {
                    let event = unsafe buffer[index]
                    let tag = unsafe cartouche_epoll_tag(event)
                    if tag >= Self.alarmTag { acknowledge(tag) }
                    if tag == Self.alarmTag {
                        isAlarm = true
                    } else {
                        unsafe events.append(PollerEvent(tag: tag, readiness: Self.readiness(event.events)))
                    }
                }
                return (events.count - before, isAlarm)
            }
        }

        /// Ends a wait in progress, or the next one, from any thread.
        func wake() {
            var one: UInt64 = 1
            _ = unsafe write(wakeDescriptor, &one, 8)
        }

        /// Makes the descriptor readable at `deadline` (boot clock, nanoseconds); nil: never.
        func setAlarm(_ deadline: Int64?) {
            // Zero disarms; a deadline that has passed goes off at once.
            _ = cartouche_set_alarm(alarmDescriptor, deadline.map { max($0, 1) } ?? 0)
        }

        private static let batch = 128

        private func acknowledge(_ tag: UInt64) {
            var count: UInt64 = 0
            _ = unsafe read(tag == Self.wakeTag ? wakeDescriptor : alarmDescriptor, &count, 8)
        }

        private static func readiness(_ bits: UInt32) -> Readiness {
            var readiness: Readiness = []
            if bits & cartouche_epoll_in != 0 { readiness.insert(.readable) }
            if bits & cartouche_epoll_out != 0 { readiness.insert(.writable) }
            if bits & cartouche_epoll_rdhup != 0 { readiness.formUnion([.readable, .peerFinished]) }
            if bits & (cartouche_epoll_hup | cartouche_epoll_err) != 0 {
                readiness.formUnion([.readable, .writable, .hungUp])
            }
            return readiness
        }
    }
#endif
