#include "CKernels.h"
#include "maths.h"

// v = mu v + g (v = g at the first step), w -= lr v, with g + decay w for g: as PyTorch's SGD.
CLONES void ck_sgd_f32(const float *restrict w, const float *restrict g,
                       const float *restrict momentum, long n, float lr, float mu, float decay,
                       float *restrict new_w, float *restrict new_momentum) {
  if (!new_momentum)
    for (long i = 0; i < n; i++)
      new_w[i] = __builtin_fmaf(-lr, __builtin_fmaf(decay, w[i], g[i]), w[i]);
  else
    for (long i = 0; i < n; i++) {
      float d = __builtin_fmaf(decay, w[i], g[i]);
      if (momentum) d = __builtin_fmaf(mu, momentum[i], d);
      new_momentum[i] = d;
      new_w[i] = __builtin_fmaf(-lr, d, w[i]);
    }
}

// Kingma and Ba 2015; `decoupled` is AdamW (Loshchilov and Hutter 2019). correction = 1 - beta^t.
CLONES void ck_adam_f32(const float *restrict w, const float *restrict g, const float *restrict m,
                        const float *restrict v, long n, float lr, float beta1, float beta2,
                        float epsilon, float decay, int decoupled, float correction1,
                        float correction2, float *restrict new_w, float *restrict new_m,
                        float *restrict new_v) {
  float step = lr / correction1, root = sqrtf(correction2);
  for (long i = 0; i < n; i++) {
    float weight = w[i], d = g[i];
    if (decoupled) weight -= lr * decay * weight;
    else d = __builtin_fmaf(decay, weight, d);
    float first = __builtin_fmaf(beta1, m ? m[i] : 0.0f, (1.0f - beta1) * d);
    float second = __builtin_fmaf(beta2, v ? v[i] : 0.0f, (1.0f - beta2) * d * d);
    new_m[i] = first;
    new_v[i] = second;
    new_w[i] = weight - step * first / (sqrtf(second) / root + epsilon);
  }
}
