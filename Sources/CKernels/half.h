#pragma once
#include <stdint.h>
#include <string.h>
#include "clones.h"

INLINE uint32_t bits_of(float x) {
  uint32_t u;
  memcpy(&u, &x, 4);
  return u;
}

INLINE float float_of(uint32_t u) {
  float x;
  memcpy(&x, &u, 4);
  return x;
}

// Exact. NaN keeps its bits.
INLINE float f32_from_f16(uint16_t h) {
  uint32_t sign = (uint32_t)(h & 0x8000u) << 16, rest = (uint32_t)(h & 0x7FFFu) << 13;
  uint32_t exponent = rest & 0x0F800000u;
  // The exponent counts from 127, not 15; that of infinity and NaN is the highest of both.
  uint32_t normal = rest + (112u << 23) + (exponent == 0x0F800000u ? 112u << 23 : 0);
  // Without a leading one: 2^-14 is added and taken away again as a float, which is exact.
  uint32_t small = bits_of(float_of(rest + (113u << 23)) - float_of(113u << 23));
  return float_of(sign | (exponent == 0 ? small : normal));
}

// The nearest, ties to even; above the largest infinity; NaN stays NaN with its first bits.
INLINE uint16_t f16_from_f32(float x) {
  uint32_t u = bits_of(x), sign = (u >> 16) & 0x8000u;
  u &= 0x7FFFFFFFu;
  uint32_t normal = (u - (112u << 23) + 0xFFFu + ((u >> 13) & 1u)) >> 13;
  // The addition moves the bits that stay to the end, and rounds as floats do.
  uint32_t small = bits_of(float_of(u < (113u << 23) ? u : 0) + 0.5f) - bits_of(0.5f);
  uint32_t finite = u < (113u << 23) ? small : normal;
  uint32_t nan = 0x7E00u | ((u >> 13) & 0x3FFu);
  uint32_t rest = u > 0x7F800000u ? nan : u >= (143u << 23) ? 0x7C00u : finite;
  return (uint16_t)(sign | rest);
}

INLINE uint16_t bf16_from_f32(float x) {
  uint32_t u = bits_of(x);
  uint32_t near = (u + 0x7FFFu + ((u >> 16) & 1u)) >> 16;
  return (uint16_t)((u & 0x7FFFFFFFu) > 0x7F800000u ? (u >> 16) | 0x40u : near);
}

// The float towards zero with its last bit set unless it is exact: rounding that once more to fewer
// bits gives what rounding the double once would have given.
INLINE float f32_to_odd(double d) {
  float f = (float)d;
  uint32_t u = bits_of(f);
  double back = (double)f, gap = back < 0 || d < 0 ? d - back : back - d;
  uint32_t moved = gap > 0 ? u - 1 : u + 1;
  return float_of((u & 1u) == 0 && gap != 0 && gap == gap ? moved : u);
}
