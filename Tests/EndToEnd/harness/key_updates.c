// A TLS 1.3 server for one connection that changes its keys, and asks for the other side's to be changed, behind each
// of the pieces of its answer:
//
//     key_updates CERTIFICATE KEY PIECES
//
// Prints its port. Each piece is "body\n"; the answer has a length.
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int check(int result, const char *what) {
  if (result <= 0) {
    perror(what);
    exit(1);
  }
  return result;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  int pieces = atoi(arguments[3]);
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  check(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION), "version");
  check(SSL_CTX_use_certificate_chain_file(context, arguments[1]), "certificate");
  check(SSL_CTX_use_PrivateKey_file(context, arguments[2], SSL_FILETYPE_PEM), "key");

  int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  check(bind(listener, (struct sockaddr *)&address, length) + 1, "bind");
  check(listen(listener, 1) + 1, "listen");
  check(getsockname(listener, (struct sockaddr *)&address, &length) + 1, "getsockname");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  SSL *connection = SSL_new(context);
  check(SSL_set_fd(connection, check(accept(listener, NULL, NULL), "accept")), "SSL_set_fd");
  check(SSL_accept(connection), "SSL_accept");
  char buffer[65536];
  check(SSL_read(connection, buffer, sizeof buffer), "SSL_read");
  int head = snprintf(buffer, sizeof buffer,
                      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n", 5 * pieces);
  check(SSL_write(connection, buffer, head), "SSL_write");
  for (int piece = 0; piece < pieces; piece++) {
    check(SSL_write(connection, "body\n", 5), "SSL_write");
    check(SSL_key_update(connection, SSL_KEY_UPDATE_REQUESTED), "SSL_key_update");
    check(SSL_do_handshake(connection), "SSL_do_handshake");
  }
  // Until the other side leaves; its own key updates are read on the way.
  while (SSL_read(connection, buffer, sizeof buffer) > 0) {
  }
  return 0;
}
