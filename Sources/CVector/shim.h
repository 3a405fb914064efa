// What Swift has no way to say: one function for processors that have more than the whole program is compiled for.
#ifndef CARTOUCHE_CVECTOR_SHIM_H
#define CARTOUCHE_CVECTOR_SHIM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>

static inline int cartouche_has_avx2(void) { return __builtin_cpu_supports("avx2") != 0; }

// Bit by byte: a `%` or a `\`.
__attribute__((target("avx2"))) static inline __m256i cartouche_introducers(__m256i part) {
  return _mm256_or_si256(
      _mm256_cmpeq_epi8(part, _mm256_set1_epi8('%')), _mm256_cmpeq_epi8(part, _mm256_set1_epi8('\\')));
}

// The same of those that begin one of the usual escapes: `%0` to `%7`, `\u`, `\/`. `next` is the text one byte further.
__attribute__((target("avx2"))) static inline __m256i cartouche_usual(__m256i part, __m256i next) {
  const __m256i digit =
      _mm256_cmpeq_epi8(_mm256_and_si256(next, _mm256_set1_epi8((char)0xf8)), _mm256_set1_epi8('0'));
  const __m256i letter = _mm256_or_si256(
      _mm256_cmpeq_epi8(next, _mm256_set1_epi8('u')), _mm256_cmpeq_epi8(next, _mm256_set1_epi8('/')));
  return _mm256_or_si256(
      _mm256_and_si256(_mm256_cmpeq_epi8(part, _mm256_set1_epi8('%')), digit),
      _mm256_and_si256(_mm256_cmpeq_epi8(part, _mm256_set1_epi8('\\')), letter));
}

__attribute__((target("avx2"))) static inline __m256i cartouche_bytes(const uint8_t *bytes) {
  return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

__attribute__((target("avx2"))) static inline uint64_t cartouche_bits(__m256i low, __m256i high) {
  return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

__attribute__((target("avx2"))) static inline uint64_t cartouche_usual_bits(const uint8_t *block) {
  return cartouche_bits(
      cartouche_usual(cartouche_bytes(block), cartouche_bytes(block + 1)),
      cartouche_usual(cartouche_bytes(block + 32), cartouche_bytes(block + 33)));
}

// The beginning of the first 64 bytes, counted from `index`, in which an escape may begin; `found` has a bit for each
// place where. Without one `found` is 0, and what is behind the result is less than 64 bytes and one.
//
// - all: whether the escapes that are not usual count, too. If not, `patience` is how many blocks that hold a `%` or a
//   `\` without such an escape may still come before all blocks are searched for these at once.
__attribute__((target("avx2"))) static inline size_t cartouche_find_escapes(
    const uint8_t *bytes, size_t index, size_t count, int all, int64_t *patience, uint64_t *found) {
  *found = 0;
  // Text first: few blocks hold one of the two.
  while ((all || *patience > 0) && index + 64 < count) {
    const __m256i low = cartouche_introducers(cartouche_bytes(bytes + index));
    const __m256i high = cartouche_introducers(cartouche_bytes(bytes + index + 32));
    const __m256i any = _mm256_or_si256(low, high);
    if (!_mm256_testz_si256(any, any)) {
      *found = all ? cartouche_bits(low, high) : cartouche_usual_bits(bytes + index);
      if (*found) return index;
      *patience -= 1;
    }
    index += 64;
  }
  for (; index + 64 < count; index += 64) {
    *found = cartouche_usual_bits(bytes + index);
    if (*found) return index;
  }
  return index;
}

#else

static inline int cartouche_has_avx2(void) { return 0; }

static inline size_t cartouche_find_escapes(
    const uint8_t *bytes, size_t index, size_t count, int all, int64_t *patience, uint64_t *found) {
  (void)bytes, (void)count, (void)all, (void)patience;
  *found = 0;
  return index;
}

#endif
#endif
