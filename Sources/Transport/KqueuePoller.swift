#if canImport(Darwin)
    internal import CSystem
    import Darwin

    /// kqueue, for macOS. The same promises as the Linux poller; nobody has run it yet (see the docs).
    final class Poller: Sendable {
        let descriptor: Int32

        private static let wakeTag = UInt64.max
        private static let alarmTag = UInt64.max - 1
        private static let batch = 128

        init() throws(SystemError) {
            descriptor = kqueue()
            guard descriptor >= 0 else { throw .last }
            try apply(0, filter: Int16(EVFILT_USER), flags: UInt16(EV_ADD | EV_CLEAR), tag: Self.wakeTag)
        }

        deinit { close(descriptor) }

        func add(_ target: Int32, tag: UInt64, interest: Interest) throws(SystemError) {
            switch interest {
            case .connectionEdges:
                try apply(target, filter: Int16(EVFILT_READ), flags: UInt16(EV_ADD | EV_CLEAR), tag: tag)
                try apply(target, filter: Int16(EVFILT_WRITE), flags: UInt16(EV_ADD | EV_CLEAR), tag: tag)
            case .sharedListener, .readable:
                try apply(target, filter: Int16(EVFILT_READ), flags: UInt16(EV_ADD), tag: tag)
            }
        }

        func remove(_ target: Int32) {
            try? apply(target, filter: Int16(EVFILT_READ), flags: UInt16(EV_DELETE), tag: 0)
            try? apply(target, filter: Int16(EVFILT_WRITE), flags: UInt16(EV_DELETE), tag: 0)
        }

        func wait(_ events: inout [PollerEvent], mayWait: Bool) -> (count: Int, isAlarm: Bool) {
            var notAtAll = timespec()
            return unsafe withUnsafeTemporaryAllocation(of: kevent.self, capacity: Self.batch) { buffer in
                let count =
                    mayWait
                    ? unsafe kevent(descriptor, nil, 0, buffer.baseAddress, Int32(Self.batch), nil)
                    : unsafe kevent(descriptor, nil, 0, buffer.baseAddress, Int32(Self.batch), &notAtAll)
                guard count > 0 else { return (0, false) }
                var isAlarm = false
                let before = events.count
                for index in 0..<Int(count) {
                    let event = unsafe buffer[index]
                    let tag = unsafe UInt64(UInt(bitPattern: event.udata))
                    guard tag != Self.alarmTag else {
                        isAlarm = true
                        continue
                    }
                    unsafe events.append(PollerEvent(tag: tag, readiness: Self.readiness(event)))
                }
                return (events.count - before, isAlarm)
            }
        }

        func wake() {
            var event = unsafe kevent()
            unsafe event.filter = Int16(EVFILT_USER)
            unsafe event.fflags = UInt32(NOTE_TRIGGER)
            _ = unsafe kevent(descriptor, &event, 1, nil, 0, nil)
        }

        func setAlarm(_ deadline: Int64?) {
            var event = unsafe kevent()
            unsafe event.ident = 1
            unsafe event.filter = Int16(EVFILT_TIMER)
            unsafe event.flags = UInt16(deadline == nil ? EV_DELETE : EV_ADD | EV_ONESHOT)
            unsafe event.fflags = UInt32(NOTE_NSECONDS)
            unsafe event.data = Int(max((deadline ?? 0) - Clock.bootNanoseconds(), 1))
            unsafe event.udata = UnsafeMutableRawPointer(bitPattern: UInt(Self.alarmTag))
            _ = unsafe kevent(descriptor, &event, 1, nil, 0, nil)
        }

        private func apply(_ target: Int32, filter: Int16, flags: UInt16, tag: UInt64) throws(SystemError) {
            var event = unsafe kevent()
            unsafe event.ident = UInt(target)
            unsafe event.filter = filter
            unsafe event.flags = flags
            unsafe event.udata = UnsafeMutableRawPointer(bitPattern: UInt(tag))
            guard unsafe kevent(descriptor, &event, 1, nil, 0, nil) == 0 else { throw .last }
        }

        private static func readiness(_ event: kevent) -> Readiness {
            var readiness: Readiness = []
            switch unsafe Int32(event.filter) {
            case EVFILT_READ: readiness.insert(.readable)
            case EVFILT_WRITE: readiness.insert(.writable)
            default: return []
            }
            if unsafe event.flags & UInt16(EV_EOF) != 0 {
                readiness.insert(unsafe event.filter == Int16(EVFILT_READ) ? .peerFinished : .hungUp)
            }
            return readiness
        }
    }
#endif
