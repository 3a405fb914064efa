// zlib's initialisers are macros that pass the header's version; these are functions Swift can call.
#ifndef CARTOUCHE_CZLIB_SHIM_H
#define CARTOUCHE_CZLIB_SHIM_H

#include <zlib.h>

static inline int cartouche_inflate_init(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}

static inline int cartouche_deflate_init(z_stream *stream, int level, int window_bits, int memory_level) {
  return deflateInit2(stream, level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY);
}

#endif
