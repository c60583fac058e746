#include "CKernels.h"
#include "maths.h"

// Philox4x32 with ten rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
// 1, 2, 3", 2011).
INLINE void philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0; out[1] = c1; out[2] = c2; out[3] = c3;
}

void ck_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  philox(counter, key, out);
}

INLINE void block(uint64_t key, uint64_t stream, uint64_t index, uint32_t out[4]) {
  uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream,
                         (uint32_t)(stream >> 32)};
  uint32_t k[2] = {(uint32_t)key, (uint32_t)(key >> 32)};
  philox(counter, k, out);
}

CLONES void ck_uniform_f32(uint64_t key, uint64_t stream, uint64_t first, float *y, long n) {
  for (long i = 0; i < n; i += 4) {
    uint32_t r[4];
    block(key, stream, first + (uint64_t)(i / 4), r);
    for (long j = 0; j < 4 && i + j < n; j++) y[i + j] = (float)(r[j] >> 8) * 0x1p-24f;
  }
}

CLONES void ck_normal_f32(uint64_t key, uint64_t stream, uint64_t first, float *y, long n) {
  for (long i = 0; i < n; i += 2) {
    uint32_t r[4];
    block(key, stream, first + (uint64_t)(i / 2), r);
    // u in (0, 1], so that its logarithm is finite
    double u = ((double)(((uint64_t)r[0] << 21) ^ (r[1] >> 11)) + 1.0) * 0x1p-53;
    double angle = (double)(((uint64_t)r[2] << 21) ^ (r[3] >> 11)) * 0x1p-53 * 6.283185307179586;
    double radius = sqrt(-2.0 * ck_log(u));
    y[i] = (float)(radius * ck_sine_of(angle, 1));
    if (i + 1 < n) y[i + 1] = (float)(radius * ck_sine_of(angle, 0));
  }
}
