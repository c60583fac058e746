#include "CKernels.h"
#include "maths.h"

// v = mu v + g (v = g at the first step), w -= lr v, with g + decay w for g: as PyTorch's SGD.
CLONES void ck_sgd_f32(float *restrict w, const float *restrict g, float *restrict momentum, long n,
                       float lr, float mu, float decay, int first) {
  for (long i = 0; i < n; i++) {
    float d = __builtin_fmaf(decay, w[i], g[i]);
    if (momentum) {
      d = first ? d : __builtin_fmaf(mu, momentum[i], d);
      momentum[i] = d;
    }
    w[i] = __builtin_fmaf(-lr, d, w[i]);
  }
}

// Kingma and Ba 2015; `decoupled` is AdamW (Loshchilov and Hutter 2019). correction = 1 - beta^t.
CLONES void ck_adam_f32(float *restrict w, const float *restrict g, float *restrict m,
                        float *restrict v, long n, float lr, float beta1, float beta2,
                        float epsilon, float decay, int decoupled, float correction1,
                        float correction2) {
  float step = lr / correction1, root = sqrtf(correction2);
  for (long i = 0; i < n; i++) {
    float weight = w[i], d = g[i];
    if (decoupled) weight -= lr * decay * weight;
    else d = __builtin_fmaf(decay, weight, d);
    float first = __builtin_fmaf(beta1, m[i], (1.0f - beta1) * d);
    float second = __builtin_fmaf(beta2, v[i], (1.0f - beta2) * d * d);
    m[i] = first;
    v[i] = second;
    w[i] = weight - step * first / (sqrtf(second) / root + epsilon);
  }
}
