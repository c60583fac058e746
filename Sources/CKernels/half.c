#include "CKernels.h"
#include "clones.h"
#include "half.h"

// Floats of sixteen bits from and to the floats that arithmetic takes place in. Whole numbers only,
// but for one exact addition: the same bits at any vector width.

CLONES void ck_f32_from_f16(const uint16_t *x, float *y, long n) {
  for (long i = 0; i < n; i++) y[i] = f32_from_f16(x[i]);
}

CLONES void ck_f16_from_f32(const float *x, uint16_t *y, long n) {
  for (long i = 0; i < n; i++) y[i] = f16_from_f32(x[i]);
}

CLONES void ck_f32_from_bf16(const uint16_t *x, float *y, long n) {
  for (long i = 0; i < n; i++) y[i] = float_of((uint32_t)x[i] << 16);
}

CLONES void ck_bf16_from_f32(const float *x, uint16_t *y, long n) {
  for (long i = 0; i < n; i++) y[i] = bf16_from_f32(x[i]);
}

CLONES void ck_f16_from_f64(const double *x, uint16_t *y, long n) {
  for (long i = 0; i < n; i++) y[i] = f16_from_f32(f32_to_odd(x[i]));
}

CLONES void ck_bf16_from_f64(const double *x, uint16_t *y, long n) {
  for (long i = 0; i < n; i++) y[i] = bf16_from_f32(f32_to_odd(x[i]));
}
