// What libssl and libcrypto offer only as macros, as functions Swift can call.
#ifndef CARTOUCHE_COPENSSL_SHIM_H
#define CARTOUCHE_COPENSSL_SHIM_H

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static inline long cartouche_ctx_set_min_tls12(SSL_CTX *context) {
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

// Writes may be partial and may be repeated from another address; buffers go when a connection idles.
static inline void cartouche_ctx_set_modes(SSL_CTX *context) {
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
}

static inline void cartouche_ctx_set_options(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}

// One read(2) takes in as many records as have arrived, not a header and then a body.
static inline void cartouche_ctx_set_read_ahead(SSL_CTX *context, size_t buffer) {
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, buffer);
}

static inline void cartouche_free(void *memory) { OPENSSL_free(memory); }

// Of the suites of TLS 1.3 that this system lets be offered, the one with the shortest key goes first, as in browsers
// (RFC 9325 §4.2 puts it before the longer one, too): servers that leave the choice to the client take it. Encrypting
// a MiB takes two thirds of the time that TLS_AES_256_GCM_SHA384, OpenSSL's first, takes. 1 where that was done, or where
// it is not offered.
static inline int cartouche_ctx_prefer_aes_128(SSL_CTX *context) {
  static const char first[] = "TLS_AES_128_GCM_SHA256";
  STACK_OF(SSL_CIPHER) *suites = SSL_CTX_get_ciphers(context);
  char list[512];
  size_t used = 0;
  int is_offered = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int index = 0; index < sk_SSL_CIPHER_num(suites); index++) {
      const SSL_CIPHER *suite = sk_SSL_CIPHER_value(suites, index);
      const char *name = SSL_CIPHER_get_name(suite);
      const int is_first = strcmp(name, first) == 0;
      // Those of TLS 1.2 are in the same list.
      if (strcmp(SSL_CIPHER_get_version(suite), "TLSv1.3") != 0 || is_first != (pass == 0)) continue;
      const size_t length = strlen(name);
      if (length + 1 >= sizeof list - used) return 0;
      if (used > 0) list[used++] = ':';
      memcpy(list + used, name, length);
      used += length;
      is_offered |= is_first;
    }
  }
  list[used] = 0;
  return is_offered ? SSL_CTX_set_ciphersuites(context, list) : 1;
}

static inline void cartouche_ctx_cache_client_sessions(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
}

// RFC 7301: of what a client offers, HTTP/1.1 is taken; one that offers other protocols only is refused.
static inline int cartouche_take_http_1_1(
    SSL *ssl, const unsigned char **taken, unsigned char *length, const unsigned char *offered, unsigned int count,
    void *unused) {
  static const unsigned char ours[] = "\x08http/1.1";
  (void)ssl;
  (void)unused;
  for (unsigned int at = 0; at < count && offered[at] < count - at; at += offered[at] + 1u) {
    if (offered[at] != ours[0] || memcmp(offered + at + 1, ours + 1, ours[0]) != 0) continue;
    *taken = offered + at + 1;
    *length = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static inline void cartouche_ctx_take_http_1_1(SSL_CTX *context) {
  SSL_CTX_set_alpn_select_cb(context, cartouche_take_http_1_1, NULL);
}

// Sessions are resumed by the tickets that clients hold; none is kept here.
static inline void cartouche_ctx_keep_no_sessions(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
}

static inline long cartouche_ssl_set_sni(SSL *ssl, const char *name) {
  return SSL_set_tlsext_host_name(ssl, name);
}

static inline int cartouche_error_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline int cartouche_error_reason(unsigned long code) { return ERR_GET_REASON(code); }
static inline int cartouche_library_ssl(void) { return ERR_LIB_SSL; }

static inline EVP_PKEY *cartouche_generate_p256(void) { return EVP_EC_gen("P-256"); }

// Takes over the name only where it returns 1.
static inline int cartouche_general_names_add(GENERAL_NAMES *names, GENERAL_NAME *name) {
  return sk_GENERAL_NAME_push(names, name) > 0;
}

// RFC 4514's form of a name, in which whatever is no printable ASCII is escaped.
static const unsigned long cartouche_plain_name = XN_FLAG_RFC2253;

static inline long cartouche_bio_memory(BIO *bio, char **out) { return BIO_get_mem_data(bio, out); }

// A BIO over a socket that remembers what libssl's own forgets: whether the last read took all that the kernel had.
// With edge-triggered readiness that is the difference between a needless system call per answer and a lost one.
struct cartouche_socket {
  int descriptor;
  int is_drained;
  int is_ended;
  // Whether another record is about to follow the next one.
  int is_more_coming;
};

#if !defined(MSG_NOSIGNAL)
#define MSG_NOSIGNAL 0
#endif
#if !defined(MSG_MORE)
#define MSG_MORE 0
#endif

static inline int cartouche_bio_read(BIO *bio, char *bytes, int count) {
  struct cartouche_socket *state = (struct cartouche_socket *)BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  ssize_t got;
  do got = recv(state->descriptor, bytes, (size_t)count, 0);
  while (got < 0 && errno == EINTR);
  state->is_drained = got < count;
  if (got == 0) state->is_ended = 1;
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_read(bio);
  return (int)got;
}

static inline int cartouche_bio_write(BIO *bio, const char *bytes, int count) {
  struct cartouche_socket *state = (struct cartouche_socket *)BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  ssize_t sent;
  const int flags = MSG_NOSIGNAL | (state->is_more_coming ? MSG_MORE : 0);
  do sent = send(state->descriptor, bytes, (size_t)count, flags);
  while (sent < 0 && errno == EINTR);
  if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_write(bio);
  return (int)sent;
}

static inline long cartouche_bio_control(BIO *bio, int command, long number, void *pointer) {
  struct cartouche_socket *state = (struct cartouche_socket *)BIO_get_data(bio);
  (void)number;
  (void)pointer;
  switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return state != NULL && state->is_ended;
    default: return 0;
  }
}

static inline int cartouche_bio_destroy(BIO *bio) {
  if (bio == NULL) return 0;
  OPENSSL_free(BIO_get_data(bio));
  BIO_set_data(bio, NULL);
  return 1;
}

// Made once, by whoever asks first; see the one caller.
static inline BIO_METHOD *cartouche_bio_method(void) {
  BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "cartouche socket");
  if (method == NULL) return NULL;
  BIO_meth_set_read(method, cartouche_bio_read);
  BIO_meth_set_write(method, cartouche_bio_write);
  BIO_meth_set_ctrl(method, cartouche_bio_control);
  BIO_meth_set_destroy(method, cartouche_bio_destroy);
  return method;
}

// Gives `ssl` a socket it does not own. 1 where that was done; the state lives as long as `ssl`.
static inline int cartouche_ssl_set_socket(
    SSL *ssl, BIO_METHOD *method, int descriptor, struct cartouche_socket **state) {
  BIO *bio = method == NULL ? NULL : BIO_new(method);
  if (bio == NULL) return 0;
  struct cartouche_socket *made = (struct cartouche_socket *)OPENSSL_zalloc(sizeof *made);
  if (made == NULL) {
    BIO_free(bio);
    return 0;
  }
  made->descriptor = descriptor;
  BIO_set_data(bio, made);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  *state = made;
  return 1;
}

#endif
