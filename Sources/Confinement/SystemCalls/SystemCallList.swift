#if os(Linux) && (arch(x86_64) || arch(arm64))
    internal import CSystem

    /// The system calls a serving process makes: those of the proxy, and those that Dispatch, Swift's runtime, the C
    /// library and OpenSSL make for it.
    ///
    /// What is not here fails with ENOSYS, not EPERM: a newer C library takes that for an older kernel and does
    /// without, where it would take EPERM for an answer.
    enum SystemCallList {
        /// - Parameter process: the id of the process the rules are for.
        static func rules(process: Int32) -> [SystemCallRule] {
            frequent.map { SystemCallRule($0) } + sending + conditional(UInt32(bitPattern: process))
                + (plain + ofOlderArchitectures).map { SystemCallRule($0) }
                + hostile.map { SystemCallRule($0, [], .endsProcess) }
                + refused.map { SystemCallRule($0, [], .fails(EPERM)) }
        }

        /// First, for kernels that go through the rules at each call.
        private static let frequent: [Int32] = [
            SYS_read, SYS_write, SYS_epoll_pwait, SYS_recvfrom, SYS_recvmsg, SYS_accept4, SYS_futex, SYS_close,
            SYS_epoll_ctl, SYS_timerfd_settime, SYS_setsockopt, SYS_getsockopt,
            SYS_clock_gettime, SYS_clock_nanosleep, SYS_madvise, SYS_munmap,
        ]

        private static let plain: [Int32] = files + memory + threads + waiting + sockets + identity

        /// Landlock decides which files.
        private static let files: [Int32] = [
            SYS_openat, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_lseek, SYS_flock, SYS_fsync,
            SYS_fdatasync, SYS_ftruncate, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_statfs, SYS_fstatfs, SYS_faccessat,
            SYS_faccessat2, SYS_readlinkat, SYS_getdents64, SYS_unlinkat, SYS_mkdirat, SYS_renameat, SYS_renameat2,
            SYS_linkat, SYS_umask, SYS_getcwd, SYS_dup, SYS_dup3, SYS_pipe2, SYS_fadvise64,
            SYS_close_range,
        ]

        private static let memory: [Int32] = [
            SYS_mremap, SYS_brk, SYS_mlock, SYS_munlock, SYS_membarrier,
        ]

        private static let threads: [Int32] = [
            SYS_set_robust_list, SYS_get_robust_list, SYS_rseq, SYS_set_tid_address, SYS_gettid, SYS_exit,
            SYS_exit_group, SYS_sched_yield, SYS_sched_getaffinity, SYS_sched_getparam, SYS_sched_getscheduler,
            SYS_sched_get_priority_max, SYS_sched_get_priority_min, SYS_getpriority, SYS_getcpu,
            SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigsuspend, SYS_rt_sigpending,
            SYS_rt_sigtimedwait, SYS_sigaltstack, SYS_restart_syscall,
        ]

        private static let waiting: [Int32] = [
            SYS_epoll_create1, SYS_epoll_pwait2, SYS_eventfd2, SYS_timerfd_create, SYS_timerfd_gettime, SYS_signalfd4,
            SYS_ppoll, SYS_pselect6, SYS_nanosleep, SYS_clock_getres, SYS_gettimeofday,
        ]

        /// Landlock decides which ports. `listen` is not here: a socket that listens without having been bound gets a
        /// port of the kernel's choice, and Landlock is not asked.
        private static let sockets: [Int32] = [
            SYS_connect, SYS_bind, SYS_accept, SYS_shutdown, SYS_getsockname, SYS_getpeername, SYS_recvmmsg,
        ]

        /// With MSG_FASTOPEN a message connects its socket, and Landlock is not asked whether that port is allowed.
        private static let sending: [SystemCallRule] = {
            let fastOpen: UInt32 = 0x2000_0000
            return [(SYS_sendto, 3), (SYS_sendmsg, 2), (SYS_sendmmsg, 3)].flatMap { call, flags in
                [
                    SystemCallRule(call, [.argument(flags, hasNone: fastOpen)]),
                    SystemCallRule(call, [], .fails(EPERM)),
                ]
            }
        }()

        /// Questions about ourselves and the machine. `wait4` tells that the steward has ended.
        private static let identity: [Int32] = [
            SYS_getpid, SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getgroups, SYS_getresuid,
            SYS_getresgid, SYS_getrusage, SYS_getrlimit, SYS_times, SYS_sysinfo, SYS_uname, SYS_getrandom, SYS_wait4,
            SYS_capget,
        ]

        /// What newer architectures, and newer programs, do by the calls above.
        #if arch(x86_64)
            private static let ofOlderArchitectures: [Int32] = [
                SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_unlink, SYS_mkdir, SYS_rename, SYS_link,
                SYS_dup2, SYS_pipe, SYS_poll, SYS_select, SYS_epoll_wait, SYS_epoll_create, SYS_eventfd,
                SYS_time, SYS_pause, SYS_arch_prctl, SYS_getpgrp,
            ]
        #else
            private static let ofOlderArchitectures: [Int32] = []
        #endif

        private static func conditional(_ process: UInt32) -> [SystemCallRule] {
            let internet: [UInt32] = [2, 10]
            // SOCK_STREAM and SOCK_DGRAM, with SOCK_NONBLOCK and SOCK_CLOEXEC; SOCK_RAW takes a privilege.
            let otherTypes: UInt32 = ~(0b11 | 0x800 | 0x8_0000)
            // Whatever the type means, TCP and UDP: Landlock judges no port of other protocols, and some of them
            // (MPTCP) talk to servers of TCP.
            let protocols: [UInt32] = [0, 6, 17]
            let netlink: UInt32 = 16
            // Routes, for the resolver's order of addresses; and who owns a socket.
            let netlinkProtocols: [UInt32] = [0, 4]
            let canExecute: UInt32 = 4
            let canWrite: UInt32 = 2
            let ofNoFile: UInt32 = 0x20
            // Of a thread, not of a process: CLONE_VM and CLONE_THREAD.
            let thread: UInt32 = 0x0100 | 0x1_0000
            // Names of threads and of memory, for people who look; TCGETS (isatty), FIONREAD, TIOCOUTQ, FIONBIO.
            let names: [UInt32] = [15, 16, 0x5356_4D41]
            // F_DUPFD to F_SETFL, locks of files, F_DUPFD_CLOEXEC.
            let descriptorCommands: [UInt32] = [0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030]
            let terminal: [UInt32] = [0x5401, 0x541B, 0x5411, 0x5421]
            return [
                // No memory is both written and executed, so nothing that came over the network is run.
                SystemCallRule(SYS_mmap, [.argument(2, hasNone: canExecute)]),
                SystemCallRule(SYS_mmap, [.argument(2, hasNone: canWrite), .argument(3, hasNone: ofNoFile)]),
                SystemCallRule(SYS_mmap, [], .fails(EPERM)),
                SystemCallRule(SYS_mprotect, [.argument(2, hasNone: canExecute)]),
                SystemCallRule(SYS_mprotect, [], .fails(EPERM)),
                SystemCallRule(SYS_clone, [.argument(0, hasAll: thread)]),
                SystemCallRule(SYS_clone, [], .fails(EPERM)),
                // Its flags are where a filter cannot look; the C library then uses the older call.
                SystemCallRule(SYS_clone3, [], .fails(ENOSYS)),
                // None of this machine's (AF_UNIX): a session bus or a container engine, which Landlock keeps from nobody
                // whose file it is, would run programs for whoever asks.
                SystemCallRule(
                    SYS_socket,
                    [
                        .argument(0, isAnyOf: internet), .argument(1, hasNone: otherTypes),
                        .argument(2, isAnyOf: protocols),
                    ]),
                SystemCallRule(
                    SYS_socket, [.argument(0, isAnyOf: [netlink]), .argument(2, isAnyOf: netlinkProtocols)]),
                SystemCallRule(SYS_socket, [], .fails(EAFNOSUPPORT)),
                SystemCallRule(SYS_kill, [.argument(0, isAnyOf: [process])]),
                SystemCallRule(SYS_kill, [], .fails(EPERM)),
                SystemCallRule(SYS_tgkill, [.argument(0, isAnyOf: [process])]),
                SystemCallRule(SYS_tgkill, [], .fails(EPERM)),
                // The owner of a descriptor (F_SETOWN) is sent a signal of one's choice.
                SystemCallRule(SYS_fcntl, [.argument(1, isAnyOf: descriptorCommands)]),
                SystemCallRule(SYS_fcntl, [], .fails(EINVAL)),
                // One's own thread's.
                SystemCallRule(SYS_setpriority, [.argument(0, isAnyOf: [0]), .argument(1, isAnyOf: [0])]),
                SystemCallRule(SYS_setpriority, [], .fails(EPERM)),
                SystemCallRule(SYS_prlimit64, [.argument(0, isAnyOf: [0, process])]),
                SystemCallRule(SYS_prlimit64, [], .fails(EPERM)),
                SystemCallRule(SYS_prctl, [.argument(0, isAnyOf: names)]),
                SystemCallRule(SYS_prctl, [], .fails(EINVAL)),
                SystemCallRule(SYS_ioctl, [.argument(1, isAnyOf: terminal)]),
                SystemCallRule(SYS_ioctl, [], .fails(ENOTTY)),
            ]
        }

        /// What the C library would not take ENOSYS for an answer to. Landlock does not judge the modes of files.
        #if arch(x86_64)
            private static let refused: [Int32] = everywhereRefused + [SYS_fork, SYS_vfork, SYS_chmod]
        #else
            private static let refused: [Int32] = everywhereRefused
        #endif

        private static let everywhereRefused: [Int32] = [SYS_listen, SYS_socketpair, SYS_fchmod, SYS_fchmodat]

        /// Only somebody who has taken the process over makes these.
        private static let hostile: [Int32] = [
            SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_getfd,
            SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_setns, SYS_unshare, SYS_bpf, SYS_perf_event_open,
            SYS_userfaultfd, SYS_io_uring_setup, SYS_open_by_handle_at, SYS_init_module, SYS_finit_module,
            SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_keyctl, SYS_add_key, SYS_request_key,
        ]
    }
#endif
