#include "CKernels.h"
#include "special.h"

#define LOOP(expression) for (long i = 0; i < n; i++) { double v = x[i]; y[i] = (T)(expression); } break
#define SPECIAL(NAME, TYPE)                                                    \
  CLONES void NAME(int op, const TYPE *restrict x, TYPE *restrict y, long n) { \
    typedef TYPE T;                                                            \
    switch (op) {                                                              \
      case CK_TAN: LOOP(ck_tan(v));                                            \
      case CK_ASIN: LOOP(ck_asin(v));                                          \
      case CK_ACOS: LOOP(ck_acos(v));                                          \
      case CK_ATAN: LOOP(ck_atan(v));                                          \
      case CK_SINH: LOOP(ck_sinh(v));                                          \
      case CK_COSH: LOOP(ck_cosh(v));                                          \
      case CK_ASINH: LOOP(ck_asinh(v));                                        \
      case CK_ACOSH: LOOP(ck_acosh(v));                                        \
      case CK_ATANH: LOOP(ck_atanh(v));                                        \
      case CK_LOG2: LOOP(ck_log2(v));                                          \
      case CK_LOG10: LOOP(ck_log10(v));                                        \
      case CK_EXP2: LOOP(ck_exp2(v));                                          \
      case CK_ERFC: LOOP(ck_erfc(v));                                          \
      case CK_ERFINV: LOOP(ck_erfinv(v));                                      \
      case CK_LGAMMA: LOOP(ck_lgamma(v));                                      \
      case CK_DIGAMMA: LOOP(ck_digamma(v));                                    \
      case CK_TRUNC: LOOP(trunc(v));                                           \
      case CK_BESSEL_I0: LOOP(ck_bessel_i(v, 0));                              \
      case CK_BESSEL_I1: LOOP(ck_bessel_i(v, 1));                              \
    }                                                                          \
  }
SPECIAL(ck_special_f32, float)
SPECIAL(ck_special_f64, double)

#define PAIRS(expression)                                                             \
  for (long i = 0; i < n; i++) { double p = a[i * step_a], q = b[i * step_b]; y[i] = (T)(expression); } \
  break
#define SPECIAL2(NAME, TYPE, NEXT)                                                       \
  CLONES void NAME(int op, const TYPE *a, long step_a, const TYPE *b, long step_b,       \
                   TYPE *restrict y, long n) {                                           \
    typedef TYPE T;                                                                      \
    switch (op) {                                                                        \
      case CK_ATAN2: PAIRS(ck_atan2(p, q));                                              \
      case CK_FMOD: PAIRS(fmod(p, q));                                                   \
      case CK_COPYSIGN: PAIRS(copysign(p, q));                                           \
      case CK_NEXT_AFTER: PAIRS(NEXT((T)p, (T)q));                                       \
      case CK_HYPOT: PAIRS(sqrt(p * p + q * q));                                         \
      case CK_IGAMMA: PAIRS(ck_igamma(p, q, 0));                                         \
      case CK_IGAMMAC: PAIRS(ck_igamma(p, q, 1));                                        \
      case CK_POLYGAMMA: PAIRS(ck_polygamma(p, q));                                      \
    }                                                                                    \
  }
SPECIAL2(ck_special2_f32, float, nextafterf)
SPECIAL2(ck_special2_f64, double, nextafter)
