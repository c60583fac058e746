#include "CKernels.h"
#include "maths.h"

#define LANES 16
#define BLOCK 4096

// The same tree whatever the machine: lane l adds to lane l + width.
INLINE double fold_sum(double *lane) {
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) lane[l] += lane[l + width];
  return lane[0];
}

#define ROW_SUM(NAME, TYPE)                                                                   \
  INLINE double NAME(const TYPE *x, long n) {                                                 \
    double total = 0;                                                                         \
    for (long start = 0; start < n; start += BLOCK) {                                         \
      long end = start + BLOCK < n ? start + BLOCK : n, i = start;                            \
      double lane[LANES] = {0};                                                               \
      for (; i + LANES <= end; i += LANES)                                                    \
        for (int l = 0; l < LANES; l++) lane[l] += (double)x[i + l];                          \
      for (int l = 0; i + l < end; l++) lane[l] += (double)x[i + l];                          \
      total += fold_sum(lane);                                                                \
    }                                                                                         \
    return total;                                                                             \
  }
ROW_SUM(row_sum_f32, float)
ROW_SUM(row_sum_f64, double)

// The sums of squares that would be added up in the same tree.
CLONES void ck_sums_of_squares_f32(const float *x, long n, double *sums) {
  for (long start = 0; start < n; start += BLOCK) {
    long end = start + BLOCK < n ? start + BLOCK : n, i = start;
    double lane[LANES] = {0};
    for (; i + LANES <= end; i += LANES)
      for (int l = 0; l < LANES; l++) lane[l] += (double)x[i + l] * (double)x[i + l];
    for (int l = 0; i + l < end; l++) lane[l] += (double)x[i + l] * (double)x[i + l];
    *sums++ = fold_sum(lane);
  }
}

#define BETTER_MAX(a, b) ((b) > (a) || (b) != (b) ? (b) : (a))
#define BETTER_MIN(a, b) ((b) < (a) || (b) != (b) ? (b) : (a))

#define REDUCE(NAME, TYPE, ROW)                                                               \
  CLONES void NAME(int op, const TYPE *restrict x, TYPE *restrict y, long outer, long length, \
                   long inner) {                                                              \
    for (long o = 0; o < outer; o++) {                                                        \
      const TYPE *base = x + o * length * inner;                                              \
      TYPE *out = y + o * inner;                                                              \
      if (op == CK_SUM || op == CK_MEAN) {                                                    \
        double scale = op == CK_MEAN ? (double)length : 1.0;                                  \
        if (inner == 1) { out[0] = (TYPE)(ROW(base, length) / scale); continue; }             \
        for (long start = 0; start < inner; start += 256) {                                   \
          double sum[256] = {0};                                                              \
          long n = inner - start < 256 ? inner - start : 256;                                 \
          for (long r = 0; r < length; r++)                                                   \
            for (long i = 0; i < n; i++) sum[i] += (double)base[r * inner + start + i];       \
          for (long i = 0; i < n; i++) out[start + i] = (TYPE)(sum[i] / scale);               \
        }                                                                                     \
        continue;                                                                             \
      }                                                                                       \
      for (long i = 0; i < inner; i++) out[i] = base[i];                                      \
      for (long r = 1; r < length; r++)                                                       \
        for (long i = 0; i < inner; i++) {                                                    \
          TYPE a = out[i], b = base[r * inner + i];                                           \
          out[i] = op == CK_PROD ? a * b                                                      \
                   : a != a ? a                                                               \
                   : op == CK_MAX ? BETTER_MAX(a, b) : BETTER_MIN(a, b);                      \
        }                                                                                     \
    }                                                                                         \
  }
REDUCE(ck_reduce_f32, float, row_sum_f32)
REDUCE(ck_reduce_f64, double, row_sum_f64)

// The same tree as over a row that holds all of a channel: blocks of it are put together one by one.
CLONES void ck_reduce_channels_f32(int op, const float *restrict x, float *restrict y, long outer,
                                   long channels, long inner, long first, long last) {
  float block[BLOCK];
  const double scale = op == CK_MEAN ? (double)(outer * inner) : 1.0;
  for (long c = first; c < last; c++) {
    double total = 0;
    long filled = 0;
    for (long o = 0; o < outer; o++) {
      const float *row = x + (o * channels + c) * inner;
      for (long at = 0; at < inner;) {
        const long n = inner - at < BLOCK - filled ? inner - at : BLOCK - filled;
        for (long i = 0; i < n; i++) block[filled + i] = row[at + i];
        filled += n;
        at += n;
        if (filled == BLOCK) {
          total += row_sum_f32(block, BLOCK);
          filled = 0;
        }
      }
    }
    if (filled > 0) total += row_sum_f32(block, filled);
    y[c] = (float)(total / scale);
  }
}

// Rows of at most 16 elements, 16 rows at a time, one in each vector lane: every element has a lane
// of its own in the tree, so the sums are those of single rows.
#define NARROW_SOFTMAX(NAME, TYPE)                                                            \
  INLINE void NAME(const TYPE *restrict x, TYPE *restrict y, long n, int logarithm) {         \
    double v[LANES][LANES], e[LANES][LANES], shift[LANES], total[LANES];                      \
    for (int r = 0; r < LANES; r++)                                                           \
      for (long i = 0; i < n; i++) v[i][r] = x[r * n + i];                                    \
    for (int r = 0; r < LANES; r++) shift[r] = -INFINITY;                                     \
    for (long i = 0; i < n; i++)                                                              \
      for (int r = 0; r < LANES; r++) shift[r] = v[i][r] > shift[r] ? v[i][r] : shift[r];     \
    for (int r = 0; r < LANES; r++) shift[r] = shift[r] == -INFINITY ? 0.0 : shift[r];        \
    for (long i = 0; i < n; i++)                                                              \
      for (int r = 0; r < LANES; r++) e[i][r] = ck_exp(v[i][r] - shift[r]);                   \
    if (!logarithm)                                                                           \
      for (long i = 0; i < n; i++)                                                            \
        for (int r = 0; r < LANES; r++) v[i][r] = (double)(TYPE)e[i][r];                      \
    for (long width = LANES / 2; width > 0; width /= 2)                                       \
      for (long l = 0; l < width && l + width < n; l++)                                       \
        for (int r = 0; r < LANES; r++) e[l][r] += e[l + width][r];                           \
    for (int r = 0; r < LANES; r++) total[r] = e[0][r];                                       \
    if (logarithm) {                                                                          \
      for (int r = 0; r < LANES; r++) total[r] = ck_log(total[r]);                            \
      for (long i = 0; i < n; i++)                                                            \
        for (int r = 0; r < LANES; r++) v[i][r] = (v[i][r] - shift[r]) - total[r];            \
    } else                                                                                    \
      for (long i = 0; i < n; i++)                                                            \
        for (int r = 0; r < LANES; r++) v[i][r] /= total[r];                                  \
    for (int r = 0; r < LANES; r++)                                                           \
      for (long i = 0; i < n; i++) y[r * n + i] = (TYPE)v[i][r];                              \
  }
NARROW_SOFTMAX(narrow_softmax_f32, float)
NARROW_SOFTMAX(narrow_softmax_f64, double)

#define SOFTMAX(NAME, TYPE, NARROW)                                                                 \
  CLONES void NAME(const TYPE *restrict x, TYPE *restrict y, long rows, long n, int logarithm) { \
    long r = 0;                                                                               \
    if (n <= 12)                                                                              \
      for (; r + LANES <= rows; r += LANES, x += LANES * n, y += LANES * n)                   \
        NARROW(x, y, n, logarithm);                                                           \
    for (; r < rows; r++, x += n, y += n) {                                                   \
      double top = -INFINITY;                                                                 \
      for (long i = 0; i < n; i++) top = x[i] > top ? x[i] : top;                             \
      double shift = top == -INFINITY ? 0.0 : top;                                            \
      double lane[LANES] = {0};                                                               \
      long i = 0;                                                                             \
      for (; i + LANES <= n; i += LANES)                                                      \
        for (int l = 0; l < LANES; l++) {                                                     \
          double e = ck_exp((double)x[i + l] - shift);                                        \
          y[i + l] = (TYPE)e;                                                                 \
          lane[l] += e;                                                                       \
        }                                                                                     \
      for (int l = 0; i + l < n; l++) {                                                       \
        double e = ck_exp((double)x[i + l] - shift);                                          \
        y[i + l] = (TYPE)e;                                                                   \
        lane[l] += e;                                                                         \
      }                                                                                       \
      double total = fold_sum(lane);                                                          \
      if (logarithm) {                                                                        \
        double ln = ck_log(total);                                                            \
        for (long j = 0; j < n; j++) y[j] = (TYPE)(((double)x[j] - shift) - ln);              \
      } else {                                                                                \
        for (long j = 0; j < n; j++) y[j] = (TYPE)((double)y[j] / total);                     \
      }                                                                                       \
    }                                                                                         \
  }
SOFTMAX(ck_softmax_f32, float, narrow_softmax_f32)
SOFTMAX(ck_softmax_f64, double, narrow_softmax_f64)

#define WIDE 8

INLINE long place_of(const double *x, long n, double wanted) {
  long i = 0;
  for (; i + WIDE <= n; i += WIDE) {
    int found = 0;
    for (int l = 0; l < WIDE; l++) found |= x[i + l] == wanted;
    if (found) break;
  }
  while (i < n - 1 && x[i] != wanted) i++;
  return i;
}

CLONES int ck_extremes_f64(const double *x, long n, double *sum, long *least, long *greatest) {
  double low[WIDE], high[WIDE], sums[WIDE];
  for (int l = 0; l < WIDE; l++) {
    low[l] = high[l] = x[0];
    sums[l] = 0;
  }
  long i = 0;
  for (; i + WIDE <= n; i += WIDE)
    for (int l = 0; l < WIDE; l++) {
      double v = x[i + l];
      low[l] = v < low[l] ? v : low[l];
      high[l] = v > high[l] ? v : high[l];
      sums[l] += v;
    }
  for (int l = 0; i + l < n; l++) {
    double v = x[i + l];
    low[l] = v < low[l] ? v : low[l];
    high[l] = v > high[l] ? v : high[l];
    sums[l] += v;
  }
  for (int l = 1; l < WIDE; l++) {
    low[0] = low[l] < low[0] ? low[l] : low[0];
    high[0] = high[l] > high[0] ? high[l] : high[0];
    sums[0] += sums[l];
  }
  // One that is not finite makes the sum so.
  if (!(sums[0] - sums[0] == 0)) return 0;
  *sum = sums[0];
  *least = place_of(x, n, low[0]);
  *greatest = place_of(x, n, high[0]);
  return 1;
}
