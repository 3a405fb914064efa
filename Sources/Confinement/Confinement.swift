/// Gives up, for good, what a process that serves strangers does not need.
package enum Confinement {
    /// Takes effect for this thread and all it starts. Call it on the only thread there is.
    ///
    /// Each part is tried for itself: what a kernel or a container does not have is missing from the outcome, and the
    /// rest is in force.
    package static func confine(to grants: Grants) -> ConfinementOutcome {
        #if os(Linux)
            var outcome = ConfinementOutcome()
            if let obstacle {
                outcome.missing.append(obstacle)
                return outcome
            }
            guard ThreadCount.current == 1 else {
                // A filter on this thread alone would be a promise not kept by the others.
                outcome.missing.append("other threads run already")
                return outcome
            }
            outcome.dropsCapabilities = cartouche_drop_capabilities() == 0
            // Landlock and filters are for processes that cannot gain rights, be it by a set-user-id program.
            guard cartouche_no_new_privileges() == 0 else {
                outcome.missing.append("no_new_privs: \(reason())")
                return outcome
            }
            outcome.refusesPrivileges = true
            restrictFiles(to: grants, &outcome)
            filterCalls(&outcome)
            return outcome
        #else
            return ConfinementOutcome(missing: [obstacle].compactMap(\.self))
        #endif
    }

    /// Why nothing of it is tried here, if it is not.
    package static var obstacle: String? {
        #if os(Linux)
            Sanitizer.isPresent ? "a program built with a sanitizer needs too much of the system" : nil
        #else
            "this system has neither Landlock nor seccomp"
        #endif
    }
}

#if os(Linux)
    internal import CSystem

    extension Confinement {
        private static func restrictFiles(to grants: Grants, _ outcome: inout ConfinementOutcome) {
            let version = Landlock.version
            guard version > 0 else {
                outcome.missing.append("Landlock: \(reason())")
                return
            }
            guard Landlock.restrict(to: grants, version: version) else {
                outcome.missing.append("Landlock \(version): \(reason())")
                return
            }
            outcome.landlockVersion = version
        }

        private static func filterCalls(_ outcome: inout ConfinementOutcome) {
            guard let filter = SystemCallFilter.ofServer(process: getpid()) else {
                outcome.missing.append("seccomp: this processor's system calls are not known")
                return
            }
            let program = filter.instructions.map { instruction in
                sock_filter(
                    code: instruction.code, jt: instruction.skipIfTrue, jf: instruction.skipIfFalse,
                    k: instruction.operand)
            }
            let result = unsafe program.withUnsafeBufferPointer {
                unsafe cartouche_filter_calls($0.baseAddress, UInt16(clamping: $0.count))
            }
            guard result == 0 else {
                outcome.missing.append("seccomp: \(reason())")
                return
            }
            outcome.filtersCalls = true
        }

        private static func reason() -> String {
            let code = cartouche_errno()
            switch code {
            case ENOSYS: return "this kernel has none, or it is kept from us"
            case EOPNOTSUPP: return "it is turned off in this kernel"
            default:
                guard let text = unsafe strerror(code) else { return "error \(code)" }
                return unsafe String(cString: text)
            }
        }
    }

    extension SystemCallFilter {
        /// Nil on a processor whose calls are not listed.
        package static func ofServer(process: Int32) -> SystemCallFilter? {
            #if arch(x86_64) || arch(arm64)
                SystemCallFilter(
                    SystemCallList.rules(process: process), architecture: cartouche_architecture,
                    otherwise: .fails(ENOSYS))
            #else
                nil
            #endif
        }
    }
#endif
