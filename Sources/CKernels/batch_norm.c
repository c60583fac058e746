// Batch norm in one visit to memory, forward and back, with what often follows it: the sum with
// another tensor, and relu. Channels are taken a few at a time, so that what the first pass over
// them has read is still near for the next.
#include "CKernels.h"
#include "maths.h"
#include "sums.h"

#define CHANNELS 64
// Bytes of one tensor that are at work together.
#define NEAR (1 << 18)
#define SHORT 256
// Bytes from which on a result is written past the caches.
#define FAR (1 << 21)

typedef float sixteen __attribute__((ext_vector_type(16), aligned(4)));
typedef float far_sixteen __attribute__((ext_vector_type(16)));
typedef double eight __attribute__((ext_vector_type(8)));
typedef double four __attribute__((ext_vector_type(4)));
#define AT(p) (*(const sixteen *)(p))
#define SPREAD(x) ((sixteen)(x))

// What SUM32 gives for one block of lanes.
INLINE double folded(const sixteen *lanes) {
  eight a = __builtin_convertvector(__builtin_shufflevector(*lanes, *lanes, 0, 1, 2, 3, 4, 5, 6, 7), eight);
  eight b = __builtin_convertvector(__builtin_shufflevector(*lanes, *lanes, 8, 9, 10, 11, 12, 13, 14, 15), eight);
  a += b;
  four c = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
  return (c[0] + c[2]) + (c[1] + c[3]);
}

// Runs `body` for i in steps of 16 over first..<end; `n` tells how many elements count.
#define EACH(first, end, body)                                                                \
  {                                                                                           \
    long i = first;                                                                           \
    for (; i + 16 <= end; i += 16) { const long n = 16; body }                                \
    if (i < end) { const long n = end - i; body }                                             \
  }
#define LOAD(p) (n == 16 ? AT((p) + i) : FEW((p) + i))
#define FEW(p) ({ sixteen some_ = {0}; for (long j = 0; j < n; j++) some_[j] = (p)[j]; some_; })
// With zeros beyond n.
#define CUT(x) ({ sixteen some_ = x; for (long j = n; j < 16; j++) some_[j] = 0; some_; })
#define STORE(p, x)                                                                           \
  if (n == 16) *(sixteen *)((p) + i) = x;                                                     \
  else for (long j = 0; j < n; j++) (p)[i + j] = (x)[j]
// Past the caches: for what is too large to stay there until it is read.
#define STORE_FAR(p, x)                                                                       \
  if (isFar) __builtin_nontemporal_store(x, (far_sixteen *)((p) + i));                        \
  else { STORE(p, x); }
// Will be read soon. Of long rows the processor sees by itself where they lead.
#define SOON(p) if (isShort) __builtin_prefetch((p) + i)

static int is_far(long count, long size, const float *y) {
  return count >= FAR / 4 && size % 16 == 0 && (uintptr_t)y % 64 == 0;
}

static long channels_at_once(long images, long size, long count) {
  long few = NEAR / (4 * (images * size > 0 ? images * size : 1));
  few = few < 1 ? 1 : few > CHANNELS ? CHANNELS : few;
  return few < count ? few : count;
}

// --- forward ---------------------------------------------------------------------------------------

// The sum of a row; `next` is the distance to the row that comes after it.
INLINE double row_sum(const float *p, long size, int isShort, long next) {
  double sum = 0;
  for (long first = 0; first < size; first += BLOCK) {
    const long end = first + BLOCK < size ? first + BLOCK : size;
    sixteen some = {0};
    EACH(first, end, {
      SOON(p + next);
      some += LOAD(p);
    })
    sum += folded(&some);
  }
  return sum;
}

// The sum of squared distances to m, while what is added later is on its way.
INLINE double row_squares(const float *p, float m, long size, int isShort, const float *added) {
  const sixteen mean = SPREAD(m);
  double sum = 0;
  for (long first = 0; first < size; first += BLOCK) {
    const long end = first + BLOCK < size ? first + BLOCK : size;
    sixteen some = {0};
    EACH(first, end, {
      if (added) { SOON(added); }
      sixteen far = LOAD(p) - mean;
      far *= far;
      some += CUT(far);
    })
    sum += folded(&some);
  }
  return sum;
}

INLINE void scale_row(const float *restrict p, const float *restrict other, int relu, float m,
                      float slope, float constant, int isFar, long size, float *restrict q) {
  const sixteen mean = SPREAD(m), factor = SPREAD(slope), shift = SPREAD(constant);
  EACH(0, size, {
    sixteen v = __builtin_elementwise_fma(LOAD(p) - mean, factor, shift);
    if (other) v += LOAD(other);
    if (relu) v = ((v > 0) | (v != v)) ? v : (sixteen){0};
    STORE_FAR(q, v)
  })
}

CLONES static void batch_norm(const float *restrict x, const float *restrict weight,
                              const float *restrict bias, const float *restrict other, int relu,
                              long images, long channels, long size, long from, long n, double eps,
                              float *restrict y, float *notes, float *statistics) {
  const double count = (double)(images * size);
  const long next = channels * size;
  // With another tensor to read as well, that costs more than it saves.
  const int isFar = !other && is_far(images * channels * size, size, y), isShort = size <= SHORT;
  double sum[CHANNELS] = {0}, squares[CHANNELS] = {0};
  for (long image = 0; image < images; image++)
    for (long c = 0; c < n; c++) {
      const float *p = x + (image * channels + from + c) * size;
      sum[c] += isShort ? row_sum(p, size, 1, next) : row_sum(p, size, 0, 0);
    }
  for (long c = 0; c < n; c++) notes[from + c] = (float)(sum[c] / count);
  for (long image = 0; image < images; image++)
    for (long c = 0; c < n; c++) {
      const long start = (image * channels + from + c) * size;
      const float m = notes[from + c];
      squares[c] += isShort && other ? row_squares(x + start, m, size, 1, other + start)
                                     : row_squares(x + start, m, size, 0, 0);
    }
  for (long c = 0; c < n; c++) {
    notes[channels + from + c] = (float)(1.0 / sqrt(squares[c] / count + eps));
    statistics[from + c] = notes[from + c];
    statistics[channels + from + c] = (float)squares[c];
  }
  for (long image = 0; image < images; image++)
    for (long c = 0; c < n; c++) {
      const long start = (image * channels + from + c) * size;
      const float m = notes[from + c], constant = bias[from + c];
      const float slope = notes[channels + from + c] * weight[from + c];
#define SCALE_ROW(o, r, f) scale_row(x + start, o, r, m, slope, constant, f, size, y + start)
      if (other && relu) SCALE_ROW(other + start, 1, 0);
      else if (other) SCALE_ROW(other + start, 0, 0);
      else if (relu && isFar) SCALE_ROW(0, 1, 1);
      else if (relu) SCALE_ROW(0, 1, 0);
      else if (isFar) SCALE_ROW(0, 0, 1);
      else SCALE_ROW(0, 0, 0);
    }
}

void ck_batch_norm_f32(const float *x, const float *weight, const float *bias, const float *other,
                       int relu, long images, long channels, long size, long first, long last,
                       double eps, float *y, float *notes, float *statistics) {
  const long few = channels_at_once(images, size, last - first);
  for (; first < last; first += few)
    batch_norm(x, weight, bias, other, relu, images, channels, size, first,
               last - first < few ? last - first : few, eps, y, notes, statistics);
}

// --- back ------------------------------------------------------------------------------------------

// What comes from above: g, plus `other`, where relu's result was above zero.
#define UPSTREAM                                                                              \
  sixteen u = LOAD(g);                                                                        \
  if (other) u += LOAD(other);                                                                \
  if (after) u *= LOAD(after) > 0 ? one : (sixteen){0};

INLINE void sum_row(const float *restrict g, const float *restrict other,
                    const float *restrict after, const float *restrict x, float m, float s,
                    int isShort, long next, long size, float *restrict kept, double *plain,
                    double *along) {
  const sixteen mean = SPREAD(m), factor = SPREAD(s), one = SPREAD(1.0f);
  double part = 0, product = 0;
  for (long first = 0; first < size; first += BLOCK) {
    const long end = first + BLOCK < size ? first + BLOCK : size;
    sixteen some = {0}, more = {0};
    EACH(first, end, {
      SOON(g + next);
      SOON(x + next);
      if (other) { SOON(other + next); }
      if (after) { SOON(after + next); }
      UPSTREAM
      if (kept) { STORE(kept, u); }
      some += CUT(u);
      sixteen h = u * ((LOAD(x) - mean) * factor);
      more += CUT(h);
    })
    part += folded(&some);
    product += folded(&more);
  }
  *plain += part;
  *along += product;
}

INLINE void slope_row(const float *restrict g, const float *restrict other,
                      const float *restrict after, const float *restrict x, float m, float a, float b,
                      float slope, int isFar, long size, float *restrict dx) {
  const sixteen mean = SPREAD(m), one = SPREAD(1.0f);
  EACH(0, size, {
    UPSTREAM
    sixteen d = slope * (u - a - (LOAD(x) - mean) * b);
    STORE_FAR(dx, d)
  })
}

// The same for each combination of operands, so that none is asked for in the loops.
#define CASES(CALL, isTrue)                                                                   \
  if (after && other && kept) CALL(other + start, after + start, kept + start, isTrue);       \
  else if (after && other) CALL(other + start, after + start, 0, isTrue);                     \
  else if (after && kept) CALL(0, after + start, kept + start, isTrue);                       \
  else if (after) CALL(0, after + start, 0, isTrue);                                          \
  else CALL(0, 0, 0, isTrue)

CLONES static void batch_norm_gradient(const float *restrict g, const float *restrict other,
                                       const float *restrict after, const float *restrict x,
                                       const float *restrict weight, const float *restrict notes,
                                       long images, long channels, long size, long from, long n,
                                       float *restrict kept, float *restrict dx, float *restrict sums) {
  const double count = (double)(images * size);
  const int isFar = is_far(images * channels * size, size, dx), isShort = size <= SHORT;
  double plain[CHANNELS] = {0}, along[CHANNELS] = {0};
  for (long image = 0; image < images; image++)
    for (long c = 0; c < n; c++) {
      const long start = (image * channels + from + c) * size;
      const float m = notes[from + c], s = notes[channels + from + c];
#define SUM_ROW(o, r, k, isTrue)                                                              \
  sum_row(g + start, o, r, x + start, m, s, isTrue, channels * size, size, k, plain + c, along + c)
      if (isShort) { CASES(SUM_ROW, 1); } else { CASES(SUM_ROW, 0); }
    }
  for (long c = 0; c < n; c++) {
    sums[from + c] = (float)along[c];
    sums[channels + from + c] = (float)plain[c];
  }
  for (long image = 0; image < images; image++)
    for (long c = 0; c < n; c++) {
      const long start = (image * channels + from + c) * size;
      const float m = notes[from + c], s = notes[channels + from + c];
      const float a = (float)(plain[c] / count), b = (float)(along[c] / count) * s;
      const float slope = s * weight[from + c];
#define SLOPE_ROW(o, r, k, isTrue)                                                            \
  slope_row(g + start, o, r, x + start, m, a, b, slope, isTrue, size, dx + start)
      if (kept && isFar) slope_row(kept + start, 0, 0, x + start, m, a, b, slope, 1, size, dx + start);
      else if (kept) slope_row(kept + start, 0, 0, x + start, m, a, b, slope, 0, size, dx + start);
      else if (isFar) { CASES(SLOPE_ROW, 1); }
      else { CASES(SLOPE_ROW, 0); }
    }
}

void ck_batch_norm_gradient_f32(const float *g, const float *other, const float *after,
                                const float *x, const float *weight, const float *notes, long images,
                                long channels, long size, long first, long last, float *kept,
                                float *dx, float *sums) {
  const long few = channels_at_once(2 * images, size, last - first);
  for (; first < last; first += few)
    batch_norm_gradient(g, other, after, x, weight, notes, images, channels, size, first,
                        last - first < few ? last - first : few, kept, dx, sums);
}
