// Elementary functions in single precision for the inner loops of layers: about half the work of a
// value in double precision and twice as many at a time. Errors are below three ulp. Like
// those of maths.h they are chains of fixed steps, the same on every machine.
#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "clones.h"

#define CK_SHIFTER32 0x1.8p23f  // adding it rounds to an integer and leaves that in the low bits

INLINE float ck_bits_to_float(uint32_t b) { float f; memcpy(&f, &b, 4); return f; }
INLINE uint32_t ck_float_to_bits(float f) { uint32_t b; memcpy(&b, &f, 4); return b; }

INLINE float ck_exp32(float x) {
  float c = x < -104.0f ? -104.0f : x > 89.0f ? 89.0f : x;
  float n = __builtin_fmaf(c, 0x1.715476p+0f, CK_SHIFTER32) - CK_SHIFTER32;
  float r = __builtin_fmaf(-n, 0x1.7f7d1cp-20f, __builtin_fmaf(-n, 0x1.62e4p-1f, c));
  float p = 1.9875691500e-4f;
  p = __builtin_fmaf(p, r, 1.3981999507e-3f);
  p = __builtin_fmaf(p, r, 8.3334519073e-3f);
  p = __builtin_fmaf(p, r, 4.1665795894e-2f);
  p = __builtin_fmaf(p, r, 1.6666665459e-1f);
  p = __builtin_fmaf(p, r, 5.0000001201e-1f);
  p = __builtin_fmaf(p * r, r, r) + 1.0f;
  // Two factors, so that subnormal results and the last step before overflow are reached.
  float half = __builtin_fmaf(n, 0.5f, CK_SHIFTER32);
  float rest = (n - (half - CK_SHIFTER32)) + CK_SHIFTER32;
  float y = p * ck_bits_to_float((ck_float_to_bits(half) + 127) << 23)
            * ck_bits_to_float((ck_float_to_bits(rest) + 127) << 23);
  y = x > 88.72283f ? INFINITY : y;
  return x != x ? x : y;
}

INLINE float ck_sigmoid32(float x) {
  float e = ck_exp32(-fabsf(x));
  float y = (x < 0.0f ? e : 1.0f) / (1.0f + e);
  return x != x ? x : y;
}

INLINE float ck_tanh32(float x) {
  float a = fabsf(x), z = x * x;
  float p = -5.70498872745e-3f;
  p = __builtin_fmaf(p, z, 2.06390887954e-2f);
  p = __builtin_fmaf(p, z, -5.37397155531e-2f);
  p = __builtin_fmaf(p, z, 1.33314422036e-1f);
  p = __builtin_fmaf(p, z, -3.33332819422e-1f);
  float small = __builtin_fmaf(p * z, a, a);
  float large = 1.0f - 2.0f / (ck_exp32(2.0f * a) + 1.0f);
  float y = copysignf(a < 0.625f ? small : large, x);
  return x != x ? x : y;
}

// The chance that a normal variable is above |x|: exp(-t^2) g(u) / (1 + 2 t) / 2 with t = |x| / sqrt(2)
// and u = (t - 2) / (t + 2), a Chebyshev fit as in ck_erf with an error below 2e-8.
INLINE float ck_normal_tail32(float x, float gauss) {
  float t = fabsf(x) * 0.70710678f;
  t = t > 30.0f ? 30.0f : t;
  float u = (t - 2.0f) / (t + 2.0f), g = -0.0004094511542157247f;
  g = __builtin_fmaf(g, u, -0.0012413372295778762f);
  g = __builtin_fmaf(g, u, 0.0013204857819314447f);
  g = __builtin_fmaf(g, u, 0.008642636626239382f);
  g = __builtin_fmaf(g, u, -0.008061659002569888f);
  g = __builtin_fmaf(g, u, -0.05420765651823725f);
  g = __builtin_fmaf(g, u, 0.1640555534464571f);
  g = __builtin_fmaf(g, u, -0.1660310923661178f);
  g = __builtin_fmaf(g, u, -0.09276399217039825f);
  g = __builtin_fmaf(g, u, 1.2769783884146975f);
  return 0.5f * gauss * g / __builtin_fmaf(2.0f, t, 1.0f);
}

INLINE float ck_gelu32(float x) {
  float tail = ck_normal_tail32(x, ck_exp32(-0.5f * x * x));
  return x * (x < 0.0f ? tail : 1.0f - tail);
}

INLINE float ck_gelu_slope32(float x) {
  float gauss = ck_exp32(-0.5f * x * x), tail = ck_normal_tail32(x, gauss);
  return __builtin_fmaf(x * 0.39894228f, gauss, x < 0.0f ? tail : 1.0f - tail);
}
