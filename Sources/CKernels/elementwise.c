#include "CKernels.h"
#include "maths.h"
#include "maths32.h"

#define LOOP(expression) for (long i = 0; i < n; i++) { T v = x[i]; y[i] = (T)(expression); } break
// The busiest functions have versions of their own for single precision.
#define UNARY(NAME, TYPE, EXP, TANH, SIGMOID, GELU)                                                     \
  CLONES void NAME(int op, const TYPE *restrict x, TYPE *restrict y, long n) {\
    typedef TYPE T;                                                           \
    switch (op) {                                                             \
      case CK_NEGATE: LOOP(-v);                                               \
      case CK_EXP: LOOP(EXP(v));                                           \
      case CK_LOG: LOOP(ck_log(v));                                           \
      case CK_LOG1P: LOOP(ck_log1p(v));                                       \
      case CK_EXPM1: LOOP(ck_expm1(v));                                       \
      case CK_SQRT: LOOP(sqrt((double)v));                                    \
      case CK_RSQRT: LOOP(1.0 / sqrt((double)v));                             \
      case CK_SQUARE: LOOP(v * v);                                            \
      case CK_ABS: LOOP(v < 0 ? -v : v == 0 ? 0 : v);                         \
      case CK_SIGN: LOOP(v > 0 ? 1 : v < 0 ? -1 : v);                         \
      case CK_ROUND: LOOP(rint((double)v));                                   \
      case CK_FLOOR: LOOP(floor((double)v));                                  \
      case CK_CEIL: LOOP(ceil((double)v));                                    \
      case CK_SIN: LOOP(ck_sine_of(v, 0));                                    \
      case CK_COS: LOOP(ck_sine_of(v, 1));                                    \
      case CK_TANH: LOOP(TANH(v));                                         \
      case CK_SIGMOID: LOOP(SIGMOID(v));                                   \
      case CK_RELU: LOOP(v > 0 ? v : v != v ? v : 0);                         \
      case CK_GELU: LOOP(GELU(v));                                         \
      case CK_SILU: LOOP((double)v * ck_sigmoid(v));                          \
      case CK_SOFTPLUS: LOOP(ck_softplus(v));                                 \
      case CK_ERF: LOOP(ck_erf(v));                                           \
      case CK_RECIPROCAL: LOOP(1 / v);                                        \
    }                                                                         \
  }
UNARY(ck_unary_f32, float, ck_exp32, ck_tanh32, ck_sigmoid32, ck_gelu32)
UNARY(ck_unary_f64, double, ck_exp, ck_tanh, ck_sigmoid, ck_gelu)

// Three loops, so that the two common cases run over contiguous memory.
#define PAIRS(OUT, expression)                                                              \
  if (step_a && step_b) for (long i = 0; i < n; i++) { T p = a[i], q = b[i]; y[i] = (OUT)(expression); } \
  else if (step_a) { T q = b[0]; for (long i = 0; i < n; i++) { T p = a[i]; y[i] = (OUT)(expression); } } \
  else { T p = a[0]; for (long i = 0; i < n; i++) { T q = b[i * step_b]; y[i] = (OUT)(expression); } } \
  break
// Powers that are plain operations, to the bit what ck_power_inline gives: a product of two floats is
// exact in double precision, and roots and quotients are not changed by rounding twice.
#define SIMPLE_POWERS                                                                         \
  if (step_a && !step_b) {                                                                    \
    double q = b[0];                                                                          \
    if (q == 2.0) { for (long i = 0; i < n; i++) y[i] = a[i] * a[i]; break; }                 \
    if (q == 0.5) {                                                                           \
      if (sizeof(T) == 4) for (long i = 0; i < n; i++) y[i] = sqrtf((float)a[i]);             \
      else for (long i = 0; i < n; i++) y[i] = sqrt(a[i]);                                    \
      break;                                                                                  \
    }                                                                                         \
    if (q == 1.0) { for (long i = 0; i < n; i++) y[i] = a[i]; break; }                        \
    if (q == -1.0) { for (long i = 0; i < n; i++) y[i] = 1 / a[i]; break; }                   \
    if (q == 3.0) {                                                                           \
      for (long i = 0; i < n; i++) { double v = a[i]; y[i] = v * (v * v); }                   \
      break;                                                                                  \
    }                                                                                         \
  }
#define BINARY(NAME, TYPE)                                                                    \
  CLONES void NAME(int op, const TYPE *a, long step_a, const TYPE *b, long step_b,            \
                   TYPE *restrict y, long n) {                                                \
    typedef TYPE T;                                                                           \
    switch (op) {                                                                             \
      case CK_ADD: PAIRS(T, p + q);                                                           \
      case CK_SUBTRACT: PAIRS(T, p - q);                                                      \
      case CK_MULTIPLY: PAIRS(T, p * q);                                                      \
      case CK_DIVIDE: PAIRS(T, p / q);                                                        \
      case CK_FLOOR_DIVIDE: PAIRS(T, floor((double)p / (double)q));                           \
      case CK_REMAINDER: PAIRS(T, (double)p - floor((double)p / (double)q) * (double)q);      \
      case CK_POWER: SIMPLE_POWERS PAIRS(T, ck_power_inline(p, q));                           \
      case CK_MINIMUM: PAIRS(T, p != p ? p : q != q ? q : p < q ? p : q);                     \
      case CK_MAXIMUM: PAIRS(T, p != p ? p : q != q ? q : p > q ? p : q);                     \
    }                                                                                         \
  }
BINARY(ck_binary_f32, float)
BINARY(ck_binary_f64, double)

#define COMPARE(NAME, TYPE)                                                                   \
  CLONES void NAME(int op, const TYPE *a, long step_a, const TYPE *b, long step_b,            \
                   uint8_t *restrict y, long n) {                                             \
    typedef TYPE T;                                                                           \
    switch (op) {                                                                             \
      case CK_EQUAL: PAIRS(uint8_t, p == q);                                                  \
      case CK_NOT_EQUAL: PAIRS(uint8_t, p != q);                                              \
      case CK_LESS: PAIRS(uint8_t, p < q);                                                    \
      case CK_LESS_EQUAL: PAIRS(uint8_t, p <= q);                                             \
      case CK_GREATER: PAIRS(uint8_t, p > q);                                                 \
      case CK_GREATER_EQUAL: PAIRS(uint8_t, p >= q);                                          \
    }                                                                                         \
  }
COMPARE(ck_compare_f32, float)
COMPARE(ck_compare_f64, double)

CLONES void ck_axpy_f32(float alpha, const float *restrict x, float *restrict y, long n) {
  for (long i = 0; i < n; i++) y[i] = __builtin_fmaf(alpha, x[i], y[i]);
}
CLONES void ck_axpy_f64(double alpha, const double *restrict x, double *restrict y, long n) {
  for (long i = 0; i < n; i++) y[i] = fma(alpha, x[i], y[i]);
}

double ck_power(double x, double y) { return ck_power_inline(x, y); }
