#if os(Linux)
    import CSystem
    import Testing

    @testable import Confinement

    /// Runs a filter as the kernel does (Documentation/networking/filter.rst), on a description of a call.
    private func verdict(
        _ filter: SystemCallFilter, _ number: Int32, _ arguments: [UInt64] = [], architecture: UInt32 = ours
    ) -> UInt32? {
        var words = [UInt32](repeating: 0, count: 16)
        words[0] = UInt32(bitPattern: number)
        words[1] = architecture
        for (index, argument) in arguments.enumerated() {
            words[4 + index * 2] = UInt32(truncatingIfNeeded: argument)
            words[5 + index * 2] = UInt32(truncatingIfNeeded: argument >> 32)
        }
        var accumulator: UInt32 = 0
        var place = 0
        while filter.instructions.indices.contains(place) {
            let instruction = filter.instructions[place]
            let operand = instruction.operand
            var holds = false
            switch instruction.code {
            case 0x20:
                guard operand % 4 == 0, operand < 64 else { return nil }
                accumulator = words[Int(operand / 4)]
                place += 1
                continue
            case 0x54:
                accumulator &= operand
                place += 1
                continue
            case 0x06: return operand
            case 0x15: holds = accumulator == operand
            case 0x35: holds = accumulator >= operand
            case 0x45: holds = accumulator & operand != 0
            default: return nil
            }
            place += 1 + Int(holds ? instruction.skipIfTrue : instruction.skipIfFalse)
        }
        return nil
    }

    private let ours = cartouche_architecture
    private let allowed: UInt32 = 0x7FFF_0000
    private let killed: UInt32 = 0x8000_0000
    private func failing(_ code: Int32) -> UInt32 { 0x0005_0000 | UInt32(code) }

    @Suite("The filter for system calls")
    struct FilterTests {
        private let filter = SystemCallFilter.ofServer(process: 4711)

        @Test("The kernel takes no more instructions than 4096")
        func length() throws {
            let filter = try #require(filter)
            #expect(filter.instructions.count < 1000)
        }

        @Test("Every call has a verdict, whatever its arguments")
        func everyPathEnds() throws {
            let filter = try #require(filter)
            let values: [UInt64] = [0, 1, 2, 4, 7, 10, 16, 0x22, 0x1_0100, 4711, 0x1_0000_0001, .max]
            for number in Int32(0)..<600 {
                for value in values {
                    #expect(verdict(filter, number, [UInt64](repeating: value, count: 6)) != nil)
                }
            }
        }

        @Test("What serving needs passes", arguments: [
            SYS_read, SYS_write, SYS_epoll_pwait, SYS_accept4, SYS_connect, SYS_sendmsg, SYS_futex, SYS_openat, SYS_exit_group,
            SYS_getrandom, SYS_flock, SYS_renameat, SYS_rt_sigreturn, SYS_madvise, SYS_rseq, SYS_wait4, SYS_close,
        ])
        func passes(_ number: Int32) throws { #expect(verdict(try #require(filter), number) == allowed) }

        @Test("What only an intruder does ends the process", arguments: [
            SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_bpf, SYS_unshare,
            SYS_mount, SYS_io_uring_setup, SYS_perf_event_open, SYS_pidfd_getfd,
        ])
        func ends(_ number: Int32) throws { #expect(verdict(try #require(filter), number) == killed) }

        @Test("What is not listed does not exist", arguments: [SYS_memfd_create, SYS_seccomp, SYS_setuid, SYS_clone3, 550])
        func isUnknown(_ number: Int32) throws { #expect(verdict(try #require(filter), number) == failing(ENOSYS)) }

        @Test("Calls of another interface of the processor end the process")
        func otherInterfaces() throws {
            let filter = try #require(filter)
            #expect(verdict(filter, SYS_read, architecture: 0x4000_0003) == killed)
            #expect(verdict(filter, SYS_read | 0x4000_0000) == killed)
        }

        @Test("No memory is both written and executed")
        func memory() throws {
            let filter = try #require(filter)
            func map(_ protection: UInt64, _ flags: UInt64) -> UInt32? {
                verdict(filter, SYS_mmap, [0, 4096, protection, flags])
            }
            #expect(map(3, 0x22) == allowed)
            #expect(map(5, 0x02) == allowed)
            #expect(map(7, 0x02) == failing(EPERM))
            #expect(map(5, 0x22) == failing(EPERM))
            #expect(verdict(filter, SYS_mprotect, [0, 4096, 3]) == allowed)
            #expect(verdict(filter, SYS_mprotect, [0, 4096, 5]) == failing(EPERM))
        }

        @Test("Threads are made, processes are not")
        func threads() throws {
            let filter = try #require(filter)
            #expect(verdict(filter, SYS_clone, [0x3D_0F00]) == allowed)
            #expect(verdict(filter, SYS_clone, [0x0120_0011]) == failing(EPERM))
            #expect(verdict(filter, SYS_clone, [0x4111]) == failing(EPERM))
        }

        @Test("Sockets of TCP and UDP only")
        func sockets() throws {
            let filter = try #require(filter)
            for family in [2, 10] as [UInt64] {
                for (type, number) in [(0x8_0801, 0), (1, 6), (0x8_0802, 0), (2, 17)] as [(UInt64, UInt64)] {
                    #expect(verdict(filter, SYS_socket, [family, type, number]) == allowed)
                }
                // SCTP, by its type and by its number; MPTCP; echo requests.
                for (type, number) in [(5, 0), (1, 132), (1, 262), (2, 1), (1, 0x1_0000_0000)] as [(UInt64, UInt64)] {
                    #expect(verdict(filter, SYS_socket, [family, type, number]) == failing(EAFNOSUPPORT))
                }
            }
            #expect(verdict(filter, SYS_socket, [16, 3, 0]) == allowed)
            #expect(verdict(filter, SYS_socket, [16, 3, 4]) == allowed)
            #expect(verdict(filter, SYS_socket, [16, 3, 12]) == failing(EAFNOSUPPORT))
            for family in [1, 17, 38, 40, 0x1_0000_0002] as [UInt64] {
                #expect(verdict(filter, SYS_socket, [family, 1, 0]) == failing(EAFNOSUPPORT))
            }
            #expect(verdict(filter, SYS_socketpair, [1, 1, 0]) == failing(EPERM))
            #expect(verdict(filter, SYS_listen) == failing(EPERM))
        }

        @Test("No message connects its socket", arguments: [(SYS_sendto, 3), (SYS_sendmsg, 2), (SYS_sendmmsg, 3)])
        func sending(_ number: Int32, _ place: Int) throws {
            let filter = try #require(filter)
            func send(_ flags: UInt64) -> UInt32? {
                var arguments = [UInt64](repeating: 7, count: 6)
                arguments[place] = flags
                return verdict(filter, number, arguments)
            }
            #expect(send(0) == allowed)
            // MSG_NOSIGNAL, MSG_MORE, MSG_DONTWAIT.
            #expect(send(0xC040) == allowed)
            #expect(send(0x2000_0000) == failing(EPERM))
            #expect(send(0x2000_4000) == failing(EPERM))
        }

        @Test("Descriptors are copied, locked and described, and signal nobody")
        func descriptors() throws {
            let filter = try #require(filter)
            for command in [0, 1, 2, 3, 4, 6, 1030] as [UInt64] {
                #expect(verdict(filter, SYS_fcntl, [3, command]) == allowed)
            }
            // F_SETOWN, F_SETSIG, F_SETOWN_EX.
            for command in [8, 10, 15] as [UInt64] {
                #expect(verdict(filter, SYS_fcntl, [3, command]) == failing(EINVAL))
            }
        }

        @Test("Signals to itself only")
        func signals() throws {
            let filter = try #require(filter)
            for number in [SYS_kill, SYS_tgkill] {
                #expect(verdict(filter, number, [4711, 1, 6]) == allowed)
                #expect(verdict(filter, number, [4712, 1, 6]) == failing(EPERM))
                #expect(verdict(filter, number, [.max, 1, 6]) == failing(EPERM))
            }
        }

        @Test("No commands to terminals and devices but questions")
        func commands() throws {
            let filter = try #require(filter)
            #expect(verdict(filter, SYS_ioctl, [0, 0x541B]) == allowed)
            // Putting characters into a terminal's input.
            #expect(verdict(filter, SYS_ioctl, [0, 0x5412]) == failing(ENOTTY))
            #expect(verdict(filter, SYS_prctl, [15]) == allowed)
            // Making memory readable for others again.
            #expect(verdict(filter, SYS_prctl, [4, 1]) == failing(EINVAL))
        }
    }
#endif
