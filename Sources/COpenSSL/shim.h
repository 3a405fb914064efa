// What libssl and libcrypto offer only as macros, as functions Swift can call.
#ifndef CARTOUCHE_COPENSSL_SHIM_H
#define CARTOUCHE_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#endif
