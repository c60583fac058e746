#include "CKernels.h"
#include "maths.h"

// New numbers may take the place of the old ones: each is read before it is written.
#define EACH _Pragma("clang loop vectorize(assume_safety)") for (long i = 0; i < n; i++)

// v = mu v + g (v = g at the first step), w -= lr v, with scale g + decay w for g: as PyTorch's SGD.
CLONES void ck_sgd_f32(const float *w, const float *g, const float *momentum, long n, float scale,
                       float lr, float mu, float decay, float *new_w, float *new_momentum) {
  if (!new_momentum)
    EACH new_w[i] = __builtin_fmaf(-lr, __builtin_fmaf(decay, w[i], g[i] * scale), w[i]);
  else if (!momentum)
    EACH {
      float d = __builtin_fmaf(decay, w[i], g[i] * scale);
      new_momentum[i] = d;
      new_w[i] = __builtin_fmaf(-lr, d, w[i]);
    }
  else
    EACH {
      float weight = w[i];
      float d = __builtin_fmaf(mu, momentum[i], __builtin_fmaf(decay, weight, g[i] * scale));
      new_momentum[i] = d;
      new_w[i] = __builtin_fmaf(-lr, d, weight);
    }
}

// Kingma and Ba 2015; `decoupled` is AdamW (Loshchilov and Hutter 2019). correction = 1 - beta^t.
CLONES void ck_adam_f32(const float *w, const float *g, const float *m, const float *v, long n,
                        float scale, float lr, float beta1, float beta2, float epsilon, float decay,
                        int decoupled, float correction1, float correction2, float *new_w,
                        float *new_m, float *new_v) {
  float step = lr / correction1, root = sqrtf(correction2);
  EACH {
    float weight = w[i], d = g[i] * scale;
    if (decoupled) weight -= lr * decay * weight;
    else d = __builtin_fmaf(decay, weight, d);
    float first = __builtin_fmaf(beta1, m ? m[i] : 0.0f, (1.0f - beta1) * d);
    float second = __builtin_fmaf(beta2, v ? v[i] : 0.0f, (1.0f - beta2) * d * d);
    new_m[i] = first;
    new_v[i] = second;
    new_w[i] = weight - step * first / (sqrtf(second) / root + epsilon);
  }
}
