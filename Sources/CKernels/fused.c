// Several steps of a layer in one pass over memory. Sums are in double precision over 16 lanes and a
// fixed tree, so the bits depend neither on the vectors' width nor on the number of threads.
#include "CKernels.h"
#include "maths.h"
#include "maths32.h"
#include "sums.h"

// --- a function's slope times what comes from above -------------------------------------------------

INLINE float silu_slope(float x) {
  float s = ck_sigmoid32(x);
  return s + x * s * (1.0f - s);
}

#define SLOPES(expression) for (long i = 0; i < n; i++) { float v = x[i], r = y[i]; (void)v; (void)r; \
    d[i] = g[i] * (expression); } break
CLONES void ck_unary_gradient_f32(int op, const float *restrict x, const float *restrict y,
                                  const float *restrict g, float *restrict d, long n) {
  switch (op) {
    case CK_RELU: SLOPES(v > 0 ? 1.0f : 0.0f);
    case CK_TANH: SLOPES(1.0f - r * r);
    case CK_SIGMOID: SLOPES(r * (1.0f - r));
    case CK_SOFTPLUS: SLOPES(ck_sigmoid32(v));
    case CK_GELU: SLOPES(ck_gelu_slope32(v));
    case CK_SILU: SLOPES(silu_slope(v));
    case CK_EXP: SLOPES(r);
    case CK_SQUARE: SLOPES(v * 2.0f);
  }
}

// --- dropout ----------------------------------------------------------------------------------------

// Uniform numbers become `scale` from p on, else 0.
CLONES void ck_keep_f32(float *x, long n, float p, float scale) {
  for (long i = 0; i < n; i++) x[i] = x[i] >= p ? scale : 0.0f;
}

// --- layer norm -------------------------------------------------------------------------------------

// y = (x - mean) / sqrt(variance + eps) * weight + bias for each row; notes mean and 1 / root.
CLONES void ck_layer_norm_f32(const float *restrict x, const float *restrict weight,
                              const float *restrict bias, long rows, long n, double eps,
                              float *restrict y, float *restrict notes) {
  for (long r = 0; r < rows; r++, x += n, y += n) {
    double sum, squares;
    SUM32(sum, n, x[i]);
    float m = (float)(sum / (double)n);
    SUM32(squares, n, (x[i] - m) * (x[i] - m));
    float s = (float)(1.0 / sqrt(squares / (double)n + eps));
    notes[2 * r] = m;
    notes[2 * r + 1] = s;
    for (long i = 0; i < n; i++) y[i] = __builtin_fmaf((x[i] - m) * s, weight[i], bias[i]);
  }
}

// Slopes of x; those of weight and bias are added up over the rows in `sums` [2, n] from zero.
CLONES void ck_layer_norm_gradient_f32(const float *restrict g, const float *restrict x,
                                       const float *restrict weight, const float *restrict notes,
                                       long rows, long n, float *restrict dx, float *restrict sums) {
  float *restrict slope_bias = sums + n;
  for (long i = 0; i < 2 * n; i++) sums[i] = 0;
  for (long r = 0; r < rows; r++, x += n, g += n, dx += n) {
    float m = notes[2 * r], s = notes[2 * r + 1];
    double plain, along;
    SUM32(plain, n, g[i] * weight[i]);
    SUM32(along, n, (g[i] * weight[i]) * ((x[i] - m) * s));
    float a = (float)(plain / (double)n), c = (float)(along / (double)n);
    for (long i = 0; i < n; i++) {
      float h = (x[i] - m) * s;
      dx[i] = s * (g[i] * weight[i] - a - h * c);
      sums[i] = __builtin_fmaf(g[i], h, sums[i]);
      slope_bias[i] += g[i];
    }
  }
}

// --- cross-entropy ----------------------------------------------------------------------------------

// Sixteen rows of at most sixteen elements, a row in each lane: the same tree over the elements as for
// single rows.
INLINE void narrow_cross_entropy(const float *restrict x, const int64_t *restrict labels, long n,
                                 double *restrict logs, double *restrict losses) {
  float v[LANES][LANES], top[LANES];
  double e[LANES][LANES] = {0};
  for (int r = 0; r < LANES; r++)
    for (long i = 0; i < n; i++) v[i][r] = x[r * n + i];
  for (int r = 0; r < LANES; r++) top[r] = -INFINITY;
  for (long i = 0; i < n; i++)
    for (int r = 0; r < LANES; r++) top[r] = v[i][r] > top[r] ? v[i][r] : top[r];
  for (int r = 0; r < LANES; r++) top[r] = top[r] == -INFINITY ? 0.0f : top[r];
  for (long i = 0; i < n; i++)
    for (int r = 0; r < LANES; r++) e[i][r] = (double)ck_exp32(v[i][r] - top[r]);
  for (long width = LANES / 2; width > 0; width /= 2)
    for (long l = 0; l < width && l + width < LANES; l++)
      for (int r = 0; r < LANES; r++) e[l][r] += e[l + width][r];
  for (int r = 0; r < LANES; r++) logs[r] = ck_log(e[0][r]) + (double)top[r];
  for (int r = 0; r < LANES; r++) losses[r] = logs[r] - (double)x[r * n + labels[r]];
}

// For each row the logarithm of the sum of exp(x), and its distance to the chosen element.
CLONES void ck_cross_entropy_f32(const float *restrict x, const int64_t *restrict labels, long rows,
                                 long n, double *restrict logs, double *restrict losses) {
  long r = 0;
  if (n <= LANES)
    for (; r + LANES <= rows; r += LANES, x += LANES * n)
      narrow_cross_entropy(x, labels + r, n, logs + r, losses + r);
  for (; r < rows; r++, x += n) {
    float top = -INFINITY;
    for (long i = 0; i < n; i++) top = x[i] > top ? x[i] : top;
    float shift = top == -INFINITY ? 0.0f : top;
    double sum;
    SUM32(sum, n, ck_exp32(x[i] - shift));
    logs[r] = ck_log(sum) + (double)shift;
    losses[r] = logs[r] - (double)x[labels[r]];
  }
}

// (softmax(x) - one at the label) * scale.
CLONES void ck_cross_entropy_gradient_f32(const float *restrict x, const int64_t *restrict labels,
                                          const double *restrict logs, float scale, long rows, long n,
                                          float *restrict d) {
  if (n <= LANES) {
    // The shifts first, so that one loop runs over all elements.
    for (long r = 0; r < rows; r++)
      for (long i = 0; i < n; i++) d[r * n + i] = (float)((double)x[r * n + i] - logs[r]);
    for (long i = 0; i < rows * n; i++) d[i] = ck_exp32(d[i]) * scale;
    for (long r = 0; r < rows; r++) d[r * n + labels[r]] -= scale;
    return;
  }
  for (long r = 0; r < rows; r++, x += n, d += n) {
    double shift = logs[r];
    for (long i = 0; i < n; i++) d[i] = ck_exp32((float)((double)x[i] - shift)) * scale;
    d[labels[r]] -= scale;
  }
}

double ck_sum_f64(const double *x, long n) {
  double total;
  SUM(total, n, x[i]);
  return total;
}

// --- attention --------------------------------------------------------------------------------------

// Rows of scores [rows, stride] become softmax(scale * score) over their first `first` + r (causal)
// or `keys` elements, zero beyond; `logs` notes the logarithm of each sum.
CLONES void ck_attend_f32(float *restrict scores, long rows, long keys, long stride, long first,
                          int causal, float scale, float *restrict logs) {
  for (long r = 0; r < rows; r++, scores += stride) {
    long n = causal && first + r + 1 < keys ? first + r + 1 : keys;
    float top = -INFINITY;
    for (long i = 0; i < n; i++) top = scores[i] > top ? scores[i] : top;
    float shift = top == -INFINITY ? 0.0f : top * scale;
    for (long i = 0; i < n; i++) scores[i] = ck_exp32(__builtin_fmaf(scores[i], scale, -shift));
    double total;
    SUM32(total, n, scores[i]);
    float share = (float)(1.0 / total);
    for (long i = 0; i < n; i++) scores[i] *= share;
    for (long i = n; i < keys; i++) scores[i] = 0;
    logs[r] = (float)(ck_log(total) + (double)shift);
  }
}

// Scores become softmax again from their logarithms.
CLONES void ck_attend_again_f32(float *restrict scores, long rows, long keys, long stride, long first,
                                int causal, float scale, const float *restrict logs) {
  for (long r = 0; r < rows; r++, scores += stride) {
    long n = causal && first + r + 1 < keys ? first + r + 1 : keys;
    float log = logs[r];
    for (long i = 0; i < n; i++) scores[i] = ck_exp32(__builtin_fmaf(scores[i], scale, -log));
    for (long i = n; i < keys; i++) scores[i] = 0;
  }
}

// slopes [rows, stride] of the shares become slopes of the scores, with shares in `p`.
CLONES void ck_attend_gradient_f32(const float *restrict p, float *restrict slopes, long rows,
                                   long keys, long stride, float scale) {
  for (long r = 0; r < rows; r++, p += stride, slopes += stride) {
    double sum;
    SUM32(sum, keys, p[i] * slopes[i]);
    float mean = (float)sum;
    for (long i = 0; i < keys; i++) slopes[i] = p[i] * (slopes[i] - mean) * scale;
  }
}

// --- recurrent cells --------------------------------------------------------------------------------

// One step of LSTM rows: gates hold the recurrent sums [rows, 4 size] and get the input's, then
// their activations (i f g o).
CLONES void ck_lstm_f32(float *restrict gates, const float *restrict input,
                        const float *restrict bias, const float *restrict old, long rows, long size,
                        float *restrict h, float *restrict c, float *restrict root) {
  for (long r = 0; r < rows; r++, gates += 4 * size, input += 4 * size) {
    for (long j = 0; j < 2 * size; j++)
      gates[j] = ck_sigmoid32(gates[j] + bias[j] + input[j]);
    for (long j = 2 * size; j < 3 * size; j++)
      gates[j] = ck_tanh32(gates[j] + bias[j] + input[j]);
    for (long j = 3 * size; j < 4 * size; j++)
      gates[j] = ck_sigmoid32(gates[j] + bias[j] + input[j]);
    const float *f = gates + size, *g = gates + 2 * size, *o = gates + 3 * size;
    for (long j = 0; j < size; j++) {
      float next = f[j] * old[r * size + j] + gates[j] * g[j];
      float t = ck_tanh32(next);
      c[r * size + j] = next;
      root[r * size + j] = t;
      h[r * size + j] = o[j] * t;
    }
  }
}

// dh, dc: slopes of the step's h and c; dc becomes that of the old c.
CLONES void ck_lstm_gradient_f32(const float *restrict gates, const float *restrict old,
                                 const float *restrict root, const float *restrict dh,
                                 float *restrict dc, long rows, long size, float *restrict slopes) {
  for (long r = 0; r < rows; r++, gates += 4 * size, slopes += 4 * size)
    for (long j = 0; j < size; j++) {
      long at = r * size + j;
      float i = gates[j], f = gates[size + j], n = gates[2 * size + j], o = gates[3 * size + j];
      float slope = dc[at] + dh[at] * o * (1 - root[at] * root[at]);
      slopes[j] = slope * n * i * (1 - i);
      slopes[size + j] = slope * old[at] * f * (1 - f);
      slopes[2 * size + j] = slope * i * (1 - n * n);
      slopes[3 * size + j] = dh[at] * root[at] * o * (1 - o);
      dc[at] = slope * f;
    }
}

// One step of GRU rows: `sums` hold the recurrent sums and get the bias, gates (r z n) come from
// both.
CLONES void ck_gru_f32(float *restrict sums, const float *restrict input,
                       const float *restrict bias, const float *restrict old, long rows, long size,
                       float *restrict gates, float *restrict h) {
  for (long r = 0; r < rows; r++, gates += 3 * size, input += 3 * size, sums += 3 * size) {
    for (long j = 0; j < 3 * size; j++) sums[j] += bias[j];
    for (long j = 0; j < 2 * size; j++) gates[j] = ck_sigmoid32(input[j] + sums[j]);
    const float *n = gates + 2 * size, *z = gates + size;
    for (long j = 0; j < size; j++)
      gates[2 * size + j] = ck_tanh32(input[2 * size + j] + gates[j] * sums[2 * size + j]);
    for (long j = 0; j < size; j++)
      h[r * size + j] = n[j] + z[j] * (old[r * size + j] - n[j]);
  }
}

// Slopes of the input's sums and of the recurrent ones; `direct` gets the part of the old h's slope
// that passes by the weights.
CLONES void ck_gru_gradient_f32(const float *restrict gates, const float *restrict sums,
                                const float *restrict old, const float *restrict dh, long rows,
                                long size, float *restrict input, float *restrict hidden,
                                float *restrict direct) {
  for (long r = 0; r < rows; r++, gates += 3 * size, sums += 3 * size, input += 3 * size,
            hidden += 3 * size)
    for (long j = 0; j < size; j++) {
      long at = r * size + j;
      float reset = gates[j], v = gates[size + j], n = gates[2 * size + j];
      float dn = dh[at] * (1 - v) * (1 - n * n);
      float dv = dh[at] * (old[at] - n) * v * (1 - v);
      float dr = dn * sums[2 * size + j] * reset * (1 - reset);
      input[j] = dr;
      hidden[j] = dr;
      input[size + j] = dv;
      hidden[size + j] = dv;
      input[2 * size + j] = dn;
      hidden[2 * size + j] = dn * reset;
      direct[at] = dh[at] * v;
    }
}
