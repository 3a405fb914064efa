// Stands between the program and the C library (LD_PRELOAD) and makes system calls fail as forced_faults.py says.
//
// Both share one file in memory, mapped before the program does anything: rules, and how often each has struck. What is
// forced keeps to what a kernel may do: after "not now" or a short read, readiness is reported once more.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { RECV, SEND, ACCEPT, CONNECT, SOCKET, EPOLL_ADD, EPOLL_WAIT, SETSOCKOPT, OPEN, FSYNC, RENAME, WRITE, CALLS };
enum { ANY, DOWNSTREAM, UPSTREAM };

struct rule {
  _Atomic int32_t side;    // of sockets: whose
  _Atomic int32_t error;   // 0: no failure, the amount is limited instead
  _Atomic int32_t limit;   // bytes in one call
  _Atomic int32_t left;    // how many calls it strikes yet
  _Atomic int32_t skip;    // how many that match pass before the first
  _Atomic int32_t struck;  // how often it has
};

struct control {
  _Atomic int32_t port;  // of the listener: what has it at its near end belongs to a client
  struct rule rules[CALLS];
};

static struct control *control;

// What epoll was told of a descriptor, to make it look again.
enum { DESCRIPTORS = 65536 };
static struct { int poller; struct epoll_event event; } watched[DESCRIPTORS];

__attribute__((constructor)) static void map(void) {
  const char *path = getenv("FORCED_FAULTS");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *memory = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory != MAP_FAILED) control = memory;
}

#define REAL(name) \
  static typeof(name) *real; \
  if (!real) real = (typeof(name) *)dlsym(RTLD_NEXT, #name)

static int side_of(int descriptor) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(descriptor, (struct sockaddr *)&address, &length) != 0) return ANY;
  uint16_t port = 0;
  if (address.ss_family == AF_INET) port = ntohs(((struct sockaddr_in *)&address)->sin_port);
  else if (address.ss_family == AF_INET6) port = ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
  else return -1;
  return port == control->port ? DOWNSTREAM : UPSTREAM;
}

// The rule for this call, if it strikes now.
static struct rule *strikes(int call, int descriptor) {
  if (!control) return NULL;
  struct rule *rule = &control->rules[call];
  if (rule->left <= 0) return NULL;
  int saved = errno;
  int is_its_side = rule->side == ANY || rule->side == side_of(descriptor);
  errno = saved;
  if (!is_its_side) return NULL;
  if (atomic_fetch_sub(&rule->skip, 1) > 0) return NULL;
  if (atomic_fetch_sub(&rule->left, 1) <= 0) return NULL;
  atomic_fetch_add(&rule->struck, 1);
  return rule;
}

// As new data or room would: the poller reports what is ready now.
static void report_again(int descriptor) {
  if (descriptor < 0 || descriptor >= DESCRIPTORS || watched[descriptor].poller <= 0) return;
  int saved = errno;
  REAL(epoll_ctl);
  real(watched[descriptor].poller, EPOLL_CTL_MOD, descriptor, &watched[descriptor].event);
  errno = saved;
}

static ssize_t failed(struct rule *rule, int descriptor) {
  errno = rule->error;
  if (errno == EAGAIN) report_again(descriptor);
  return -1;
}

ssize_t recv(int descriptor, void *buffer, size_t count, int flags) {
  REAL(recv);
  struct rule *rule = strikes(RECV, descriptor);
  if (rule && rule->error) return failed(rule, descriptor);
  size_t most = rule && (size_t)rule->limit < count ? (size_t)rule->limit : count;
  ssize_t got = real(descriptor, buffer, most, flags);
  if (most < count && got == (ssize_t)most) report_again(descriptor);
  return got;
}

ssize_t send(int descriptor, const void *buffer, size_t count, int flags) {
  REAL(send);
  struct rule *rule = strikes(SEND, descriptor);
  if (rule && rule->error) return failed(rule, descriptor);
  return real(descriptor, buffer, rule && (size_t)rule->limit < count ? (size_t)rule->limit : count, flags);
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
  REAL(sendmsg);
  struct rule *rule = strikes(SEND, descriptor);
  if (!rule) return real(descriptor, message, flags);
  if (rule->error) return failed(rule, descriptor);
  struct iovec first = message->msg_iov[0];
  if (first.iov_len > (size_t)rule->limit) first.iov_len = rule->limit;
  struct msghdr shorter = *message;
  shorter.msg_iov = &first;
  shorter.msg_iovlen = 1;
  return real(descriptor, &shorter, flags);
}

int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags) {
  REAL(accept4);
  struct rule *rule = strikes(ACCEPT, listener);
  return rule ? failed(rule, -1) : real(listener, address, length, flags);
}

int connect(int descriptor, const struct sockaddr *address, socklen_t length) {
  REAL(connect);
  struct rule *rule = address->sa_family == AF_UNIX ? NULL : strikes(CONNECT, descriptor);
  return rule ? failed(rule, -1) : real(descriptor, address, length);
}

int socket(int family, int type, int protocol) {
  REAL(socket);
  struct rule *rule = family == AF_INET || family == AF_INET6 ? strikes(SOCKET, -1) : NULL;
  return rule ? failed(rule, -1) : real(family, type, protocol);
}

int epoll_ctl(int poller, int operation, int descriptor, struct epoll_event *event) {
  REAL(epoll_ctl);
  struct rule *rule = operation == EPOLL_CTL_ADD ? strikes(EPOLL_ADD, descriptor) : NULL;
  if (rule) return failed(rule, -1);
  int result = real(poller, operation, descriptor, event);
  if (result == 0 && operation == EPOLL_CTL_ADD && descriptor < DESCRIPTORS && !(event->events & EPOLLEXCLUSIVE)) {
    watched[descriptor].poller = poller;
    watched[descriptor].event = *event;
  }
  return result;
}

int epoll_wait(int poller, struct epoll_event *events, int count, int milliseconds) {
  REAL(epoll_wait);
  struct rule *rule = strikes(EPOLL_WAIT, -1);
  return rule ? failed(rule, -1) : real(poller, events, count, milliseconds);
}

int setsockopt(int descriptor, int level, int name, const void *value, socklen_t length) {
  REAL(setsockopt);
  struct rule *rule = strikes(SETSOCKOPT, descriptor);
  return rule ? failed(rule, -1) : real(descriptor, level, name, value, length);
}

// Files of the program's own are opened relative to their folder; the folder itself by its path.
int openat(int folder, const char *path, int flags, ...) {
  REAL(openat);
  va_list rest;
  va_start(rest, flags);
  int mode = flags & O_CREAT ? va_arg(rest, int) : 0;
  va_end(rest);
  struct rule *rule = folder >= 0 ? strikes(OPEN, -1) : NULL;
  return rule ? failed(rule, -1) : real(folder, path, flags, mode);
}

int fsync(int descriptor) {
  REAL(fsync);
  struct rule *rule = strikes(FSYNC, -1);
  return rule ? failed(rule, -1) : real(descriptor);
}

int renameat(int old_folder, const char *old, int new_folder, const char *new) {
  REAL(renameat);
  struct rule *rule = strikes(RENAME, -1);
  return rule ? failed(rule, -1) : real(old_folder, old, new_folder, new);
}

// To files only: standard error, pipes and the wake-up of a loop are something else.
ssize_t write(int descriptor, const void *buffer, size_t count) {
  REAL(write);
  struct stat status;
  struct rule *rule = control && control->rules[WRITE].left > 0 && descriptor > 2 && fstat(descriptor, &status) == 0
      && S_ISREG(status.st_mode) ? strikes(WRITE, -1) : NULL;
  if (rule && rule->error) return failed(rule, -1);
  return real(descriptor, buffer, rule && (size_t)rule->limit < count ? (size_t)rule->limit : count);
}
