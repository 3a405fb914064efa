// System calls and constants that Swift's C library modules do not show, or show only as macros.
#ifndef CARTOUCHE_CSYSTEM_SHIM_H
#define CARTOUCHE_CSYSTEM_SHIM_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/resource.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <link.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

// Shown by the C library only under _GNU_SOURCE, which would make its types differ from Swift's.
extern int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);

static const uint32_t cartouche_epoll_in = EPOLLIN;
static const uint32_t cartouche_epoll_out = EPOLLOUT;
static const uint32_t cartouche_epoll_rdhup = EPOLLRDHUP;
static const uint32_t cartouche_epoll_hup = EPOLLHUP;
static const uint32_t cartouche_epoll_err = EPOLLERR;
static const uint32_t cartouche_epoll_edge = (uint32_t)EPOLLET;
static const uint32_t cartouche_epoll_exclusive = (uint32_t)EPOLLEXCLUSIVE;

static inline int cartouche_epoll_add(int poller, int descriptor, uint64_t tag, uint32_t events) {
  struct epoll_event event;
  event.events = events;
  event.data.u64 = tag;
  return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

static inline int cartouche_epoll_remove(int poller, int descriptor) {
  struct epoll_event event;
  return epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, &event);
}

static inline uint64_t cartouche_epoll_tag(struct epoll_event event) { return event.data.u64; }

static inline int cartouche_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline int cartouche_alarm(void) { return timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK); }

static inline int cartouche_set_alarm(int alarm, int64_t nanoseconds) {
  struct itimerspec setting = {{0, 0}, {nanoseconds / 1000000000, nanoseconds % 1000000000}};
  return timerfd_settime(alarm, TFD_TIMER_ABSTIME, &setting, 0);
}

static inline int cartouche_accept(int listener, struct sockaddr *address, socklen_t *length) {
  return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline int cartouche_socket(int family) {
  return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

// Shown by the C library only under _GNU_SOURCE, too (dl_iterate_phdr(3)).
struct cartouche_loaded_object {
  ElfW(Addr) base;
  const char *name;
  const ElfW(Phdr) * segments;
  ElfW(Half) segment_count;
};
extern int dl_iterate_phdr(
    int (*callback)(struct cartouche_loaded_object *object, size_t size, void *data), void *data);

static inline int cartouche_unmap_pages_of(struct cartouche_loaded_object *object, size_t size, void *data) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  (void)size;
  (void)data;
  for (int index = 0; index < object->segment_count; index++) {
    const ElfW(Phdr) *segment = &object->segments[index];
    // What may be written holds relocated pointers and variables: dropping those pages would lose them.
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
    uintptr_t start = (object->base + segment->p_vaddr) & ~(page - 1);
    uintptr_t end = object->base + segment->p_vaddr + segment->p_filesz;
    if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

// Takes out of this process's memory what it has mapped of the program and its libraries only to read. What is used
// again is mapped again, from the page cache; the code that only a start runs stays out.
static inline void cartouche_unmap_read_only_pages(void) { dl_iterate_phdr(cartouche_unmap_pages_of, NULL); }

// How many processors this process may use: its affinity, not the machine's count. 0 where unknown.
static inline int cartouche_affinity_count(void) {
  unsigned long mask[1024 / sizeof(unsigned long)] = {0};
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  int count = 0;
  for (long word = 0; word < bytes / (long)sizeof(unsigned long); word++) count += __builtin_popcountl(mask[word]);
  return count;
}

// Who owns the TCP socket whose own end is `near` and whose other end is `far`: asks the kernel for exactly that
// one (sock_diag(7)). 0: found, `user` and `inode` are set; an inode of 0 means that no process has it any more.
// 1: there is no such socket. -1: the kernel would not say.
static inline int cartouche_socket_owner(
    const struct sockaddr *near, const struct sockaddr *far, uint32_t *user, uint32_t *inode) {
  struct {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
  } question;
  memset(&question, 0, sizeof question);
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.request.sdiag_family = near->sa_family;
  question.request.sdiag_protocol = IPPROTO_TCP;
  question.request.idiag_states = 0xffffffff;
  question.request.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  question.request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  if (near->sa_family == AF_INET && far->sa_family == AF_INET) {
    const struct sockaddr_in *a = (const struct sockaddr_in *)near, *b = (const struct sockaddr_in *)far;
    memcpy(question.request.id.idiag_src, &a->sin_addr, 4);
    memcpy(question.request.id.idiag_dst, &b->sin_addr, 4);
    question.request.id.idiag_sport = a->sin_port;
    question.request.id.idiag_dport = b->sin_port;
  } else if (near->sa_family == AF_INET6 && far->sa_family == AF_INET6) {
    const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)near, *b = (const struct sockaddr_in6 *)far;
    memcpy(question.request.id.idiag_src, &a->sin6_addr, 16);
    memcpy(question.request.id.idiag_dst, &b->sin6_addr, 16);
    question.request.id.idiag_sport = a->sin6_port;
    question.request.id.idiag_dport = b->sin6_port;
  } else {
    return -1;
  }
  int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (netlink < 0) return -1;
  int result = -1;
  union {
    char bytes[1024];
    struct nlmsghdr header;
  } answer;
  if (send(netlink, &question, sizeof question, 0) == (ssize_t)sizeof question) {
    // The kernel answers such a question before send returns; nothing is waited for.
    ssize_t length = recv(netlink, &answer, sizeof answer, MSG_DONTWAIT);
    if (length >= (ssize_t)sizeof answer.header && answer.header.nlmsg_type == SOCK_DIAG_BY_FAMILY &&
        length >= (ssize_t)(NLMSG_HDRLEN + sizeof(struct inet_diag_msg))) {
      const struct inet_diag_msg *message = (const struct inet_diag_msg *)NLMSG_DATA(&answer.header);
      *user = message->idiag_uid;
      *inode = message->idiag_inode;
      result = 0;
    } else if (length >= (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr)) && answer.header.nlmsg_type == NLMSG_ERROR) {
      result = ((const struct nlmsgerr *)NLMSG_DATA(&answer.header))->error == -ENOENT ? 1 : -1;
    }
  }
  close(netlink);
  return result;
}

// The user whose process connected to this Unix-domain socket (unix(7), SO_PEERCRED); its fields are Linux's own.
struct cartouche_credentials {
  pid_t process;
  uid_t user;
  gid_t group;
};

static inline int cartouche_unix_peer(int socket, uint32_t *user) {
  struct cartouche_credentials found;
  socklen_t length = sizeof found;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &found, &length) != 0 || length != sizeof found) return -1;
  *user = found.user;
  return 0;
}

// Makes the calling thread, and no other, act as that user; `user` 0 gives root its rights back. 0 where that was done.
// The system calls themselves are made: the C library's functions change every thread.
static inline int cartouche_act_as(uint32_t user) {
  if (user == 0) {
    return syscall(SYS_setresuid, -1, 0, -1) == 0 && syscall(SYS_setresgid, -1, 0, -1) == 0 ? 0 : -1;
  }
  if (syscall(SYS_setgroups, 0, NULL) != 0 || syscall(SYS_setresgid, -1, user, -1) != 0) return -1;
  return syscall(SYS_setresuid, -1, user, -1) == 0 ? 0 : -1;
}

static inline int cartouche_hide_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

#else

static inline int cartouche_prepare(int descriptor) {
  if (descriptor < 0) return descriptor;
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
#if defined(SO_NOSIGPIPE)
  int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
  return descriptor;
}

static inline int cartouche_accept(int listener, struct sockaddr *address, socklen_t *length) {
  return cartouche_prepare(accept(listener, address, length));
}

static inline int cartouche_socket(int family) { return cartouche_prepare(socket(family, SOCK_STREAM, 0)); }

static inline int cartouche_affinity_count(void) { return 0; }

static inline void cartouche_unmap_read_only_pages(void) {}

static inline int cartouche_socket_owner(
    const struct sockaddr *near, const struct sockaddr *far, uint32_t *user, uint32_t *inode) {
  return -1;
}

static inline int cartouche_unix_peer(int socket, uint32_t *user) {
  uid_t found;
  gid_t group;
  if (getpeereid(socket, &found, &group) != 0) return -1;
  *user = found;
  return 0;
}

static inline int cartouche_act_as(uint32_t user) { return -1; }

static inline int cartouche_hide_memory(void) { return 0; }

#endif

// No core dump of this process, nor of the programs it starts: those that print secrets have them in memory, too.
// And no reading of this one's memory by other processes of the user, where the system lets one say so.
static inline int cartouche_disable_core_dumps(void) {
  struct rlimit none = {0, 0};
  int limited = setrlimit(RLIMIT_CORE, &none);
  return cartouche_hide_memory() != 0 ? -1 : limited;
}

static inline int64_t cartouche_clock(clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) != 0) return 0;
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Counts the time a machine is suspended, which CLOCK_MONOTONIC on Linux does not.
static inline int64_t cartouche_boot_clock(void) {
#if defined(CLOCK_BOOTTIME)
  return cartouche_clock(CLOCK_BOOTTIME);
#else
  return cartouche_clock(CLOCK_MONOTONIC);
#endif
}

static inline int64_t cartouche_wall_clock(void) { return cartouche_clock(CLOCK_REALTIME); }

#if !defined(MSG_NOSIGNAL)
#define MSG_NOSIGNAL 0
#endif
#if !defined(MSG_MORE)
#define MSG_MORE 0
#endif

// With `end_follows` the bytes may wait for what the next call on the socket does: to end its direction or to close it.
static inline ssize_t cartouche_send(int socket, const void *bytes, size_t count, int end_follows) {
  return send(socket, bytes, count, MSG_NOSIGNAL | (end_follows ? MSG_MORE : 0));
}

static inline ssize_t cartouche_send_two(
    int socket, const void *first, size_t first_count, const void *second, size_t second_count, int end_follows) {
  struct iovec parts[2] = {{(void *)first, first_count}, {(void *)second, second_count}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  return sendmsg(socket, &message, MSG_NOSIGNAL | (end_follows ? MSG_MORE : 0));
}

// Notices a peer that is no longer there: what was sent and is not acknowledged for `seconds` fails the connection, and
// a silent one is asked for a sign of life within the same time. Best effort: a socket without TCP has nothing of it.
static inline void cartouche_expect_peer(int socket, int seconds) {
  int on = 1, idle = seconds / 2 > 0 ? seconds / 2 : 1, interval = seconds / 8 > 0 ? seconds / 8 : 1, count = 4;
  setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
#ifdef __linux__
  unsigned int milliseconds = (unsigned int)seconds * 1000u;
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
#else
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPALIVE, &idle, sizeof idle);
#endif
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

// A number of what the kernel tells of a connection by TCP_INFO. Whether it told that one. The C library's own struct ends
// before those asked for here; the layout of the one in linux/tcp.h is the kernel's interface.
static inline int cartouche_tcp_info(int socket, size_t place, void *number, size_t size) {
#ifdef __linux__
  unsigned char info[256];
  socklen_t length = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, info, &length) != 0 || length < place + size) return 0;
  memcpy(number, info + place, size);
  return 1;
#else
  (void)socket, (void)place, (void)number, (void)size;
  return 0;
#endif
}

// All bytes the peer has acknowledged (tcpi_bytes_acked); 0 where that is not told.
static inline uint64_t cartouche_acknowledged(int socket) {
  uint64_t count;
  return cartouche_tcp_info(socket, 120, &count, sizeof count) ? count : 0;
}

// How many bytes the peer has room for, as it last said (tcpi_snd_wnd, since Linux 5.4); -1 where that is not told.
static inline int64_t cartouche_peer_window(int socket) {
  uint32_t window;
  return cartouche_tcp_info(socket, 228, &window, sizeof window) ? (int64_t)window : -1;
}

// How much the kernel takes beyond what the peer has room for; 0: as much as its buffers hold. Best effort.
static inline void cartouche_limit_unsent(int socket, int bytes) {
#ifdef TCP_NOTSENT_LOWAT
  setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
#else
  (void)socket;
  (void)bytes;
#endif
}

// Nothing is congested within a machine: the plainest of the kernel's ways to find a rate does, where the machine's
// default may measure and pace with a timer for each connection (BBR, beside which a download took 12 % less, an upload
// 5 %). Best effort: Reno is in every kernel.
static inline void cartouche_expect_no_congestion(int socket) {
#ifdef TCP_CONGESTION
  static const char name[] = "reno";
  setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name, sizeof name - 1);
#else
  (void)socket;
#endif
}

// Connections are given to who accepts them when their first bytes have come, or after a second without any.
static inline void cartouche_expect_bytes(int listener) {
#ifdef TCP_DEFER_ACCEPT
  int seconds = 1;
  setsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
#else
  (void)listener;
#endif
}

// Whether bytes of the peer's wait in the kernel; its end is none.
static inline int cartouche_has_unread(int socket) {
  char byte;
  return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static const int cartouche_stream_socket = SOCK_STREAM;
static const int cartouche_datagram_socket = SOCK_DGRAM;
static const int cartouche_socket_type = SO_TYPE;

// A descriptor that another process opened, as we open ours.
static inline int cartouche_adopt(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0) return -1;
  return fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

static inline int cartouche_duplicate(int descriptor, int lowest) { return fcntl(descriptor, F_DUPFD_CLOEXEC, lowest); }

// What stands at `path`. 0: a socket, and `device` and `inode` say which; 1: something else; 2: nothing; -1: unknown.
// Links are not followed.
static inline int cartouche_socket_at(const char *path, uint64_t *device, uint64_t *inode) {
  struct stat status;
  if (lstat(path, &status) != 0) return errno == ENOENT ? 2 : -1;
  *device = status.st_dev;
  *inode = status.st_ino;
  return S_ISSOCK(status.st_mode) ? 0 : 1;
}

// To the hard limit; 0 where that was done.
static inline int cartouche_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit);
}

// Makes the kernel's table of this process's open files as large as `count` of them need. A table that has to grow while
// there are threads keeps whoever opened a file waiting until all processors have passed a quiet moment (an RCU grace
// period): tens of milliseconds on a busy machine, each time the number doubles, and a whole event loop with it.
static inline void cartouche_reserve_descriptors(long count) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  if ((rlim_t)count > limit.rlim_cur) count = (long)limit.rlim_cur;
  int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null < 0) return;
  // A few numbers below the last: those may be taken.
  int highest = fcntl(null, F_DUPFD_CLOEXEC, (int)(count > 64 ? count - 64 : 0));
  if (highest >= 0) close(highest);
  close(null);
}

// Gives the signals of a crash back to the kernel. Swift's runtime may have taken them to print a report, in which
// registers stand with the memory they point to: a token could be there.
static inline void cartouche_end_crash_reports(void) {
  const int signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGQUIT};
  for (size_t index = 0; index < sizeof signals / sizeof *signals; index++) signal(signals[index], SIG_DFL);
}

static inline void cartouche_ignore_signal(int number) { signal(number, SIG_IGN); }

// The folder, locked for as long as the descriptor is open; -1 where it cannot be opened. Waits half a second at the
// most for another program's lock and then goes on without.
static inline int cartouche_lock_folder(const char *path) {
  int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  for (int attempt = 0; attempt < 50 && flock(descriptor, LOCK_EX | LOCK_NB) != 0; attempt++) usleep(10000);
  return descriptor;
}

static inline int cartouche_errno(void) { return errno; }

static inline void cartouche_set_errno(int number) { errno = number; }

static inline uintptr_t cartouche_thread(void) { return (uintptr_t)pthread_self(); }

#endif
