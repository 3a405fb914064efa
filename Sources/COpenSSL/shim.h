// What libssl and libcrypto offer only as macros, as functions Swift can call.
#ifndef CARTOUCHE_COPENSSL_SHIM_H
#define CARTOUCHE_COPENSSL_SHIM_H

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

static inline void cartouche_ctx_cache_client_sessions(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
}

static inline void cartouche_ctx_cache_no_sessions(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
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

static inline long cartouche_bio_memory(BIO *bio, char **out) { return BIO_get_mem_data(bio, out); }

#endif
