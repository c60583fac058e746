// Elementary functions in double precision, written so that compilers vectorise them.
// f32 results are these, rounded once. Errors are a few ulp; none calls the C library.
#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "clones.h"

#define CK_SHIFTER 0x1.8p52  // adding it rounds to an integer and leaves that in the low bits

INLINE double ck_bits_to_double(uint64_t b) { double d; memcpy(&d, &b, 8); return d; }
INLINE uint64_t ck_double_to_bits(double d) { uint64_t b; memcpy(&b, &d, 8); return b; }

// 2^n for an integral n in [-1022, 1023] given as n + CK_SHIFTER.
INLINE double ck_exp2_shifted(double shifted) {
  return ck_bits_to_double((ck_double_to_bits(shifted) + 1023) << 52);
}

// expm1(r) for |r| <= ln 2 / 2 by its Taylor series to degree 13 (remainder below 1e-17).
INLINE double ck_expm1_core(double r) {
  double p = 1.0 / 6227020800.0;
  p = fma(p, r, 1.0 / 479001600.0);
  p = fma(p, r, 1.0 / 39916800.0);
  p = fma(p, r, 1.0 / 3628800.0);
  p = fma(p, r, 1.0 / 362880.0);
  p = fma(p, r, 1.0 / 40320.0);
  p = fma(p, r, 1.0 / 5040.0);
  p = fma(p, r, 1.0 / 720.0);
  p = fma(p, r, 1.0 / 120.0);
  p = fma(p, r, 1.0 / 24.0);
  p = fma(p, r, 1.0 / 6.0);
  p = fma(p, r, 0.5);
  return fma(p * r, r, r);
}

#define CK_LOG2E 0x1.71547652b82fep+0
#define CK_LN2_HI 0x1.62e42fefa3800p-1
#define CK_LN2_LO 0x1.ef35793c76730p-45

INLINE double ck_exp(double x) {
  double c = x < -746.0 ? -746.0 : x > 710.0 ? 710.0 : x;
  c = x != x ? 0.0 : c;
  double n = fma(c, CK_LOG2E, CK_SHIFTER) - CK_SHIFTER;
  double r = fma(-n, CK_LN2_LO, fma(-n, CK_LN2_HI, c));
  double p = 1.0 + ck_expm1_core(r);
  // Two factors, so that subnormal results and the last step before overflow are reached.
  double half = fma(n, 0.5, CK_SHIFTER);
  double rest = (n - (half - CK_SHIFTER)) + CK_SHIFTER;
  double y = p * ck_exp2_shifted(half) * ck_exp2_shifted(rest);
  y = x > 709.782712893384 ? INFINITY : y;
  return x != x ? x : y;
}

INLINE double ck_expm1(double x) {
  double c = x < -40.0 ? -40.0 : x > 710.0 ? 710.0 : x;
  c = x != x ? 0.0 : c;
  double n = fma(c, CK_LOG2E, CK_SHIFTER) - CK_SHIFTER;
  double r = fma(-n, CK_LN2_LO, fma(-n, CK_LN2_HI, c));
  double half = fma(n, 0.5, CK_SHIFTER);
  double rest = (n - (half - CK_SHIFTER)) + CK_SHIFTER;
  double h = ck_exp2_shifted(half), s = ck_exp2_shifted(rest);
  double y = fma(ck_expm1_core(r) * h, s, h * s - 1.0);
  y = n == 0.0 ? ck_expm1_core(r) : y;
  y = x > 709.782712893384 ? INFINITY : y;
  return x != x ? x : y;
}

// Argument reduction to [sqrt(1/2), sqrt(2)) and fdlibm's series in s = f / (2 + f).
INLINE double ck_log(double x) {
  int tiny = x < 0x1p-1022;
  double scaled = tiny ? x * 0x1p54 : x;
  uint64_t b = ck_double_to_bits(scaled);
  uint64_t offset = b - 0x3fe6a09e667f3bcdULL;
  double m = ck_bits_to_double(b - (offset & 0xfff0000000000000ULL));
  // the exponent, made a double without an integer conversion
  double e = ck_bits_to_double(((offset >> 52) ^ 0x800) | 0x4330000000000000ULL) - 0x1.00000000008p52;
  e = tiny ? e - 54.0 : e;
  double f = m - 1.0, s = f / (2.0 + f), z = s * s, w = z * z;
  double t1 = w * fma(w, fma(w, 1.531383769920937332e-01, 2.222219843214978396e-01),
                      3.999999999940941908e-01);
  double t2 = z * fma(w, fma(w, fma(w, 1.479819860511658591e-01, 1.818357216161805012e-01),
                             2.857142874366239149e-01), 6.666666666666735130e-01);
  double hfsq = 0.5 * f * f;
  double y = e * CK_LN2_HI - ((hfsq - (s * (hfsq + (t1 + t2)) + e * CK_LN2_LO)) - f);
  y = x == INFINITY ? x : y;
  y = x == 0.0 ? -INFINITY : y;
  return x < 0.0 || x != x ? NAN : y;
}

INLINE double ck_log1p(double x) {
  double u = 1.0 + x;
  double y = ck_log(u) - ((u - 1.0) - x) / u;
  y = u == 1.0 ? x : y;
  y = x == -1.0 ? -INFINITY : y;
  return x == INFINITY ? x : y;
}

INLINE double ck_tanh(double x) {
  double a = fabs(x);
  double t = ck_expm1(2.0 * (a > 22.0 ? 22.0 : a));
  double y = copysign(a > 22.0 ? 1.0 : t / (t + 2.0), x);
  return x != x ? x : y;
}

INLINE double ck_sigmoid(double x) {
  double e = ck_exp(-fabs(x));
  double y = (x < 0.0 ? e : 1.0) / (1.0 + e);
  return x != x ? x : y;
}

INLINE double ck_softplus(double x) {
  double y = (x > 0.0 ? x : 0.0) + ck_log1p(ck_exp(-fabs(x)));
  return x != x ? x : y;
}

// Error function. Below 1/2 an odd polynomial; above 1 - exp(-t^2) g(u) / (1 + 2 t), where g is a
// polynomial in u = (t - 2) / (t + 2) for exp(t^2) erfc(t) (1 + 2 t), after Shepherd and Laframboise
// 1981. Both are Chebyshev fits with errors below 1e-17.
INLINE double ck_erf(double x) {
  double a = fabs(x), t = a > 6.0 ? 6.0 : a;
  t = x != x ? 0.0 : t;
  double small = t > 0.5 ? 0.5 : t, z = small * small;
  double p = -0x1.3892d132862c9p-23;
  p = fma(p, z, 0x1.b7456a317015dp-20);
  p = fma(p, z, -0x1.f4b8dfa9705f4p-17);
  p = fma(p, z, 0x1.f9a2911c1b223p-14);
  p = fma(p, z, -0x1.c02db1ddad9c1p-11);
  p = fma(p, z, 0x1.565bcd09ab445p-8);
  p = fma(p, z, -0x1.b82ce3127c93ap-6);
  p = fma(p, z, 0x1.ce2f21a042ae6p-4);
  p = fma(p, z, -0x1.812746b0379e6p-2);
  p = fma(p, z, 0x1.20dd750429b6dp+0);
  double big = t < 0.5 ? 0.5 : t, u = (big - 2.0) / (big + 2.0);
  double g = -0x1.0a362f108c3d6p-21;
  g = fma(g, u, -0x1.d0e1c69ee1655p-21);
  g = fma(g, u, 0x1.467d132a863ccp-20);
  g = fma(g, u, 0x1.6219a567709a3p-18);
  g = fma(g, u, 0x1.019263ee92762p-18);
  g = fma(g, u, -0x1.c4fc57d67fc10p-17);
  g = fma(g, u, -0x1.31d26343bbc5ap-15);
  g = fma(g, u, -0x1.955179c518417p-20);
  g = fma(g, u, 0x1.3cc3787e46e59p-13);
  g = fma(g, u, 0x1.b0c8a32b11881p-13);
  g = fma(g, u, -0x1.dc69563bbfdbfp-12);
  g = fma(g, u, -0x1.7de52164816e7p-10);
  g = fma(g, u, 0x1.4d461db3ee250p-10);
  g = fma(g, u, 0x1.1dd2ec915fda6p-7);
  g = fma(g, u, -0x1.074234050c69cp-7);
  g = fma(g, u, -0x1.bc2b956199d0ep-5);
  g = fma(g, u, 0x1.4ffa1e14e29abp-3);
  g = fma(g, u, -0x1.5407bebf32439p-3);
  g = fma(g, u, -0x1.7bf5ec1700636p-4);
  g = fma(g, u, 0x1.46e80e2277953p+0);
  double high = 1.0 - ck_exp(-t * t) * g / fma(2.0, big, 1.0);
  double y = copysign(t < 0.5 ? small * p : high, x);
  return x != x ? x : y;
}

// pi/2 in three parts (Cody and Waite); the reduction keeps full accuracy up to about 1e5.
INLINE double ck_quarter_turns(double x, double *r) {
  double n = fma(x, 0.63661977236758134308, CK_SHIFTER) - CK_SHIFTER;
  double t = fma(-n, 0x1.921fb54442d18p+0, x);
  t = fma(-n, 0x1.1a62633145c00p-54, t);
  *r = fma(-n, 0x1.b839a252049c1p-104, t);
  return n;
}
INLINE double ck_sin_core(double r) {
  double z = r * r, p = 1.0 / 355687428096000.0;
  p = fma(p, z, -1.0 / 1307674368000.0);
  p = fma(p, z, 1.0 / 6227020800.0);
  p = fma(p, z, -1.0 / 39916800.0);
  p = fma(p, z, 1.0 / 362880.0);
  p = fma(p, z, -1.0 / 5040.0);
  p = fma(p, z, 1.0 / 120.0);
  p = fma(p, z, -1.0 / 6.0);
  return fma(p * z, r, r);
}
INLINE double ck_cos_core(double r) {
  double z = r * r, p = -1.0 / 6402373705728000.0;
  p = fma(p, z, 1.0 / 20922789888000.0);
  p = fma(p, z, -1.0 / 87178291200.0);
  p = fma(p, z, 1.0 / 479001600.0);
  p = fma(p, z, -1.0 / 3628800.0);
  p = fma(p, z, 1.0 / 40320.0);
  p = fma(p, z, -1.0 / 720.0);
  p = fma(p, z, 1.0 / 24.0);
  p = fma(p, z, -0.5);
  return fma(p, z, 1.0);
}
// `turn` 0 gives the sine, 1 the cosine: sin(x + turn * pi / 2).
INLINE double ck_sine_of(double x, int turn) {
  double inside = fabs(x) < 1e15 ? x : 0.0, r;
  double n = ck_quarter_turns(inside, &r) + turn;
  double two = n - 4.0 * floor(n * 0.25);  // 0, 1, 2 or 3
  double s = ck_sin_core(r), c = ck_cos_core(r);
  double y = two == 0.0 ? s : two == 1.0 ? c : two == 2.0 ? -s : -c;
  return fabs(x) < 1e15 ? y : NAN;
}

INLINE double ck_gelu(double x) { return 0.5 * x * (1.0 + ck_erf(x * 0.70710678118654752440)); }

// Whole exponents by repeated squaring; others as exp(y log x).
INLINE double ck_power_inline(double x, double y) {
  if (y == 0.0 || x == 1.0) return 1.0;
  if (y == rint(y) && fabs(y) <= 4096.0) {
    double base = x, result = 1.0;
    for (long n = (long)fabs(y); n > 0; n >>= 1) {
      if (n & 1) result *= base;
      base *= base;
    }
    return y < 0.0 ? 1.0 / result : result;
  }
  if (y == 0.5) return sqrt(x);
  double magnitude = ck_exp(y * ck_log(fabs(x)));
  if (x >= 0.0) return magnitude;
  if (y != rint(y)) return NAN;
  return fmod(y, 2.0) == 0.0 ? magnitude : -magnitude;
}
