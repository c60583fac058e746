#include "CKernels.h"
#include "clones.h"
#include <string.h>

// Visits every (row of columns, output row) pair; `inside` tells whether the window's row is in the
// image, and the body moves one output row of `out_width` elements.
#define WINDOW_ROWS(BODY)                                                                     \
  long positions = w->out_height * w->out_width, row = 0;                                     \
  for (long c = 0; c < w->channels; c++)                                                      \
    for (long ky = 0; ky < w->kernel_height; ky++)                                            \
      for (long kx = 0; kx < w->kernel_width; kx++, row++)                                    \
        for (long oy = 0; oy < w->out_height; oy++) {                                         \
          long iy = oy * w->stride_height - w->pad_top + ky * w->dilation_height;             \
          long first = kx * w->dilation_width - w->pad_left;                                  \
          int inside = iy >= 0 && iy < w->height;                                             \
          long image_row = (c * w->height + (inside ? iy : 0)) * w->width;                    \
          long column_row = row * positions + oy * w->out_width;                              \
          BODY                                                                                \
        }

#define IM2COL(NAME, TYPE)                                                                    \
  CLONES void NAME(const ck_window *w, const TYPE *restrict image, TYPE *restrict columns) {  \
    WINDOW_ROWS({                                                                             \
      for (long ox = 0; ox < w->out_width; ox++) {                                            \
        long ix = first + ox * w->stride_width;                                               \
        columns[column_row + ox] = inside && ix >= 0 && ix < w->width ? image[image_row + ix] : 0; \
      }                                                                                       \
    })                                                                                        \
  }
IM2COL(ck_im2col_f32, float)
IM2COL(ck_im2col_f64, double)

#define COL2IM(NAME, TYPE)                                                                    \
  CLONES void NAME(const ck_window *w, const TYPE *restrict columns, TYPE *restrict image) {  \
    WINDOW_ROWS({                                                                             \
      if (!inside) continue;                                                                  \
      for (long ox = 0; ox < w->out_width; ox++) {                                            \
        long ix = first + ox * w->stride_width;                                               \
        if (ix >= 0 && ix < w->width) image[image_row + ix] += columns[column_row + ox];      \
      }                                                                                       \
    })                                                                                        \
  }
COL2IM(ck_col2im_f32, float)
COL2IM(ck_col2im_f64, double)

// Every second of n elements, sixteen at a time as long as `x` goes on up to `end`.
typedef float sixteen __attribute__((vector_size(64), aligned(4)));
INLINE void every_second_f32(const float *restrict x, const float *end, long n, float *restrict y) {
  for (long i = 0; i < n; i += 16) {
    if (x + 2 * i + 32 <= end) {
      sixteen a = *(const sixteen *)(x + 2 * i), b = *(const sixteen *)(x + 2 * i + 16);
      *(sixteen *)(y + i) = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22,
                                                    24, 26, 28, 30);
    } else
      for (long j = i; j < n && j < i + 16; j++) y[j] = x[2 * j];
  }
}
INLINE void every_second_f64(const double *restrict x, const double *end, long n,
                             double *restrict y) {
  for (long i = 0; i < n && x + 2 * i < end; i++) y[i] = x[2 * i];
}

// Windows of 2 x 2 without overlap: sixteen results of a row at once, with their window places in
// order. Results that are not there yet may be written over. 0 when the row has to be done otherwise.
typedef int32_t sixteen_places __attribute__((ext_vector_type(16), aligned(4)));
typedef int64_t sixteen_positions __attribute__((ext_vector_type(16), aligned(8)));
typedef float sixteen_values __attribute__((ext_vector_type(16), aligned(4)));
#define TAKE(v, place)                                                                        \
  {                                                                                           \
    sixteen_places takes = (best == best) & ((v > best) | (v != v));                          \
    best = takes ? v : best;                                                                  \
    from = takes ? (sixteen_places)(place) : from;                                            \
  }
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
INLINE void pool_pairs(const float *restrict row, long width, long first, float *restrict y,
                       int64_t *restrict at) {
  const sixteen_values a = *(const sixteen_values *)row, b = *(const sixteen_values *)(row + 16);
  const sixteen_values c = *(const sixteen_values *)(row + width);
  const sixteen_values d = *(const sixteen_values *)(row + width + 16);
  const sixteen_values odd = __builtin_shufflevector(a, b, ODD);
  const sixteen_values below = __builtin_shufflevector(c, d, EVEN);
  const sixteen_values last = __builtin_shufflevector(c, d, ODD);
  sixteen_values best = __builtin_shufflevector(a, b, EVEN);
  sixteen_places from = 0;
  TAKE(odd, 1)
  TAKE(below, (int32_t)width)
  TAKE(last, (int32_t)width + 1)
  const sixteen_places columns = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};
  *(sixteen_values *)y = best;
  *(sixteen_positions *)at = __builtin_convertvector(from + columns, sixteen_positions) + first;
}
CLONES static void max_pool_pairs(const ck_window *w, long start, long last, const float *restrict x,
                                  float *restrict y, int64_t *restrict at) {
  const long area = w->out_height * w->out_width, width = w->width;
  const float *end = x + w->channels * w->height * width;
  const float *y_end = y + last * area;
  y += start * area;
  at += start * area;
  for (long c = start; c < last; c++)
    for (long oy = 0; oy < w->out_height; oy++)
      for (long ox = 0; ox < w->out_width; ox += 16) {
        const long n = w->out_width - ox < 16 ? w->out_width - ox : 16;
        const long first = (c * w->height + 2 * oy) * width + 2 * ox;
        const float *row = x + first;
        float values[16], copy[64];
        int64_t places[16];
        long pitch = width;
        if (row + width + 32 > end) {
          memset(copy, 0, sizeof copy);
          memcpy(copy, row, 2 * n * sizeof(float));
          memcpy(copy + 32, row + width, 2 * n * sizeof(float));
          row = copy;
          pitch = 32;
        }
        const int isInside = y + 16 <= y_end && pitch == width;
        pool_pairs(row, pitch, first, isInside ? y : values, isInside ? at : places);
        if (!isInside) {
          memcpy(y, values, n * sizeof(float));
          for (long i = 0; i < n; i++) {
            const int64_t far = places[i] - first;
            at[i] = pitch != width && far >= 32 ? places[i] - 32 + width : places[i];
          }
        }
        y += n;
        at += n;
      }
}

// Part of a row of results at a time, window place by window place. The first of equals stays, and the
// first NaN stays for good.
#define POOLED 64
#define MAX_POOL(NAME, TYPE, INDEX, EVERY_SECOND)                                             \
  CLONES static void NAME(const ck_window *w, long begin, long last, const TYPE *restrict x,  \
                          TYPE *restrict y, int64_t *restrict at) {                           \
    TYPE best[POOLED] = {0}, next[POOLED] = {0};                                              \
    INDEX from[POOLED] = {0};                                                                 \
    int64_t places[POOLED];                                                                   \
    const long s = w->stride_width;                                                           \
    const TYPE *end = x + w->channels * w->height * w->width;                                 \
    y += begin * w->out_height * w->out_width;                                                \
    at += begin * w->out_height * w->out_width;                                               \
    for (long c = begin; c < last; c++)                                                       \
      for (long oy = 0; oy < w->out_height; oy++)                                             \
        for (long start = 0; start < w->out_width; start += POOLED) {                         \
          const long rest = w->out_width - start, n = rest < POOLED ? rest : POOLED;          \
          const long whole = (n + 15) / 16 * 16; /* of vectors, in the local arrays */        \
          const long first = (c * w->height + oy * w->stride_height) * w->width + start * s;  \
          for (long ky = 0; ky < w->kernel_height; ky++)                                      \
            for (long kx = 0; kx < w->kernel_width; kx++) {                                   \
              const INDEX place = (INDEX)(ky * w->width + kx);                                \
              const TYPE *row = x + first + ky * w->width + kx;                               \
              TYPE *to = place == 0 ? best : next;                                            \
              if (s == 2) EVERY_SECOND(row, end, n, to);                                           \
              else for (long i = 0; i < n; i++) to[i] = row[i * s];                           \
              if (place == 0) {                                                               \
                for (long i = 0; i < whole; i++) from[i] = 0;                                 \
                continue;                                                                     \
              }                                                                               \
              for (long i = 0; i < whole; i++) {                                              \
                TYPE v = next[i], b = best[i];                                                \
                int takes = (b == b) & ((v > b) | (v != v));                                  \
                best[i] = takes ? v : b;                                                      \
                from[i] = takes ? place : from[i];                                            \
              }                                                                               \
            }                                                                                 \
          for (long i = 0; i < whole; i++) places[i] = first + i * s + from[i];               \
          memcpy(y, best, n * sizeof(TYPE));                                                  \
          memcpy(at, places, n * sizeof(int64_t));                                            \
          y += n;                                                                             \
          at += n;                                                                            \
        }                                                                                     \
  }
MAX_POOL(max_pool_f32, float, int32_t, every_second_f32)
MAX_POOL(max_pool_f64, double, int64_t, every_second_f64)

void ck_max_pool_f32(const ck_window *w, long first, long last, const float *x, float *y, int64_t *at) {
  if (w->kernel_height == 2 && w->kernel_width == 2 && w->stride_height == 2 && w->stride_width == 2)
    max_pool_pairs(w, first, last, x, y, at);
  else max_pool_f32(w, first, last, x, y, at);
}
void ck_max_pool_f64(const ck_window *w, long first, long last, const double *x, double *y,
                     int64_t *at) {
  max_pool_f64(w, first, last, x, y, at);
}
