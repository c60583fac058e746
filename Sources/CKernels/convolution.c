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

// Part of a row of results at a time, window place by window place. The first of equals stays, and the
// first NaN stays for good.
#define POOLED 64
#define MAX_POOL(NAME, TYPE, INDEX, EVERY_SECOND)                                             \
  CLONES void NAME(const ck_window *w, const TYPE *restrict x, TYPE *restrict y,              \
                   int64_t *restrict at) {                                                    \
    TYPE best[POOLED] = {0}, next[POOLED] = {0};                                              \
    INDEX from[POOLED] = {0};                                                                 \
    int64_t places[POOLED];                                                                   \
    const long s = w->stride_width;                                                           \
    const TYPE *end = x + w->channels * w->height * w->width;                                 \
    for (long c = 0; c < w->channels; c++)                                                    \
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
MAX_POOL(ck_max_pool_f32, float, int32_t, every_second_f32)
MAX_POOL(ck_max_pool_f64, double, int64_t, every_second_f64)
