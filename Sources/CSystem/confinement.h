// What a process can give up for good, and the kernel's interfaces for it. Numbers that headers older than the kernel
// do not have stand here.
#ifndef CARTOUCHE_CSYSTEM_CONFINEMENT_H
#define CARTOUCHE_CSYSTEM_CONFINEMENT_H

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

// The same on every architecture (landlock(7)).
enum { cartouche_sys_landlock_create = 444, cartouche_sys_landlock_add = 445, cartouche_sys_landlock_restrict = 446 };

struct cartouche_landlock_ruleset {
  uint64_t files;
  uint64_t ports;
  uint64_t scopes;
};

struct cartouche_landlock_tree {
  uint64_t rights;
  int32_t folder;
} __attribute__((packed));

struct cartouche_landlock_port {
  uint64_t rights;
  uint64_t port;
};

// The version of the kernel's Landlock; below 1 where it has none.
static inline int cartouche_landlock_version(void) {
  return (int)syscall(cartouche_sys_landlock_create, (void *)0, (size_t)0, 1u);
}

// `size`: as much of the description as that version knows.
static inline int cartouche_landlock_create(const struct cartouche_landlock_ruleset *description, size_t size) {
  return (int)syscall(cartouche_sys_landlock_create, description, size, 0u);
}

// Any system call, by its number.
static inline long cartouche_call(long number, long first, long second, long third) {
  return syscall(number, first, second, third, 0L, 0L, 0L);
}

// Opens the place only: neither for reading nor for writing, so no permission is needed. O_PATH, which headers show
// under _GNU_SOURCE only, has this value on both architectures.
static inline int cartouche_open_place(const char *path) { return open(path, 010000000 | O_CLOEXEC); }

static inline int cartouche_landlock_add_tree(int ruleset, uint64_t rights, int folder) {
  struct cartouche_landlock_tree tree = {rights, folder};
  return (int)syscall(cartouche_sys_landlock_add, ruleset, 1, &tree, 0u);
}

static inline int cartouche_landlock_add_port(int ruleset, uint64_t rights, uint16_t port) {
  struct cartouche_landlock_port rule = {rights, port};
  return (int)syscall(cartouche_sys_landlock_add, ruleset, 2, &rule, 0u);
}

static inline int cartouche_landlock_restrict(int ruleset) {
  return (int)syscall(cartouche_sys_landlock_restrict, ruleset, 0u);
}

static inline int cartouche_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

#if defined(__x86_64__)
static const uint32_t cartouche_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
static const uint32_t cartouche_architecture = AUDIT_ARCH_AARCH64;
#else
static const uint32_t cartouche_architecture = 0;
#endif

// The mitigation of speculative store bypass that older kernels couple to filters is for programs that run code of
// strangers; it would slow each request.
static inline int cartouche_filter_calls(const struct sock_filter *program, uint16_t count) {
  struct sock_fprog description = {count, (struct sock_filter *)program};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 4u /* SECCOMP_FILTER_FLAG_SPEC_ALLOW */, &description);
}

static inline int cartouche_drop_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2];
  memset(none, 0, sizeof none);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  return (int)syscall(SYS_capset, &header, none);
}

// Swift hides fork, since between it and exec little is allowed where there are other threads. Only for a process of
// one thread.
static inline pid_t cartouche_fork(void) { return fork(); }

// The kernel ends the calling process when the thread that forked it ends; 0 where it has ended already.
static inline int cartouche_end_with_parent(pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return -1;
  return getppid() == parent ? 1 : 0;
}

// Closes every descriptor but standard input, output and error and these, which get the numbers after them in their
// order. At most 8. 0 where that was done.
static inline int cartouche_keep_only(const int *kept, int count) {
  const int first = STDERR_FILENO + 1;
  int aside[8];
  if (count > (int)(sizeof aside / sizeof *aside)) return -1;
  for (int index = 0; index < count; index++) {
    aside[index] = fcntl(kept[index], F_DUPFD_CLOEXEC, first + count);
    if (aside[index] < 0) return -1;
  }
  for (int index = 0; index < count; index++) {
    if (dup2(aside[index], first + index) < 0 || fcntl(first + index, F_SETFD, FD_CLOEXEC) != 0) return -1;
  }
#if defined(SYS_close_range)
  if (syscall(SYS_close_range, (unsigned)(first + count), ~0u, 0u) == 0) return 0;
#endif
  // A kernel before 5.9.
  for (int number = first + count; number < 4096; number++) close(number);
  return 0;
}

// What the process is called in lists of processes.
static inline void cartouche_name_process(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// More than 0: there is something to read, the end included.
static inline int cartouche_await_input(int descriptor, int milliseconds) {
  struct pollfd entry = {descriptor, POLLIN, 0};
  int ready;
  do ready = poll(&entry, 1, milliseconds);
  while (ready < 0 && errno == EINTR);
  return ready;
}

// Opens a file, for its owner alone where that makes it.
static inline int cartouche_open(const char *path, int flags) { return open(path, flags | O_CLOEXEC, 0600); }

// What is written to the second end is read from the first. Both close on exec.
static inline int cartouche_pipe(int ends[2]) {
  if (pipe(ends) != 0) return -1;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return 0;
}

// A pair of connected sockets that keep messages apart.
static inline int cartouche_message_pair(int pair[2]) {
  return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

#endif

// Sends one message, and with it a descriptor, if it is none below 0.
static inline ssize_t cartouche_send_message(int socket, const void *bytes, size_t count, int descriptor) {
  struct iovec part = {(void *)bytes, count};
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header;
  } control;
  struct msghdr message;
  memset(&message, 0, sizeof message);
  memset(&control, 0, sizeof control);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof control.bytes;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL);
}

// Receives one message, and a descriptor if one came with it. -1 with EMSGSIZE: it was longer than the buffer, or more
// descriptors came, none of which is kept.
static inline ssize_t cartouche_receive_message(int socket, void *bytes, size_t count, int *descriptor) {
  struct iovec part = {bytes, count};
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header;
  } control;
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof control.bytes;
  *descriptor = -1;
#if defined(MSG_CMSG_CLOEXEC)
  ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
#else
  ssize_t received = recvmsg(socket, &message, 0);
#endif
  if (received < 0) return received;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    // There is room for a second one where an int is half of what messages are aligned to.
    const size_t came = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t index = 0; index < came; index++) {
      int one;
      memcpy(&one, CMSG_DATA(header) + index * sizeof one, sizeof one);
      if (came == 1)
        *descriptor = one;
      else
        close(one);
    }
    if (came > 1) message.msg_flags |= MSG_CTRUNC;
  }
  if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
    if (*descriptor >= 0) close(*descriptor);
    *descriptor = -1;
    errno = EMSGSIZE;
    return -1;
  }
  return received;
}

#endif
