#pragma once
#include "clones.h"

// Turns a square of eight rows, `along` apart, into rows that are `lanes` apart: 2 x 2, then 4 x 4,
// then 8 x 8 elements change places.
#define TURN(NAME, ELEMENT)                                                                          \
  INLINE void NAME(const ELEMENT *x, long along, long lanes, ELEMENT *out) {                         \
    typedef ELEMENT eight                                                                            \
        __attribute__((vector_size(8 * sizeof(ELEMENT)), aligned(sizeof(ELEMENT))));                 \
    eight r[8], s[8];                                                                                \
    for (int i = 0; i < 8; i++) r[i] = *(const eight *)(x + i * along);                              \
    for (int i = 0; i < 8; i += 2) {                                                                 \
      s[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);                      \
      s[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);                \
    }                                                                                                \
    for (int i = 0; i < 8; i += 4)                                                                   \
      for (int j = 0; j < 2; j++) {                                                                  \
        r[i + 2 * j] = __builtin_shufflevector(s[i + j], s[i + 2 + j], 0, 1, 8, 9, 4, 5, 12, 13);    \
        r[i + 2 * j + 1] =                                                                           \
            __builtin_shufflevector(s[i + j], s[i + 2 + j], 2, 3, 10, 11, 6, 7, 14, 15);             \
      }                                                                                              \
    for (int i = 0; i < 4; i++) {                                                                    \
      *(eight *)(out + i * lanes) =                                                                  \
          __builtin_shufflevector(r[i], r[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);                         \
      *(eight *)(out + (i + 4) * lanes) =                                                            \
          __builtin_shufflevector(r[i], r[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);                       \
    }                                                                                                \
  }

TURN(turn_f32, float)
TURN(turn_f64, double)
