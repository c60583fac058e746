#include "CKernels.h"
#include "clones.h"

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

// Part of a row of results at a time, window place by window place. The first of equals stays, and the
// first NaN stays for good.
#define POOLED 64
#define TAKE(TYPE, STRIDE)                                                                    \
  for (long i = 0; i < n; i++) {                                                              \
    TYPE v = row[i * (STRIDE)], b = best[i];                                                  \
    int takes = (b == b) & ((v > b) | (v != v));                                              \
    best[i] = takes ? v : b;                                                                  \
    from[i] = takes ? place : from[i];                                                        \
  }
#define MAX_POOL(NAME, TYPE, INDEX)                                                           \
  CLONES void NAME(const ck_window *w, const TYPE *restrict x, TYPE *restrict y,              \
                   int64_t *restrict at) {                                                    \
    TYPE best[POOLED];                                                                        \
    INDEX from[POOLED];                                                                       \
    const long s = w->stride_width;                                                           \
    for (long c = 0; c < w->channels; c++)                                                    \
      for (long oy = 0; oy < w->out_height; oy++)                                             \
        for (long start = 0; start < w->out_width; start += POOLED) {                         \
          const long rest = w->out_width - start, n = rest < POOLED ? rest : POOLED;          \
          const long first = (c * w->height + oy * w->stride_height) * w->width + start * s;  \
          for (long ky = 0; ky < w->kernel_height; ky++)                                      \
            for (long kx = 0; kx < w->kernel_width; kx++) {                                   \
              const INDEX place = (INDEX)(ky * w->width + kx);                                \
              const TYPE *row = x + first + ky * w->width + kx;                               \
              if (ky == 0 && kx == 0)                                                         \
                for (long i = 0; i < n; i++) best[i] = row[i * s], from[i] = 0;               \
              else if (s == 2) TAKE(TYPE, 2)                                                  \
              else TAKE(TYPE, s)                                                              \
            }                                                                                 \
          for (long i = 0; i < n; i++) y[i] = best[i], at[i] = first + i * s + from[i];       \
          y += n;                                                                             \
          at += n;                                                                            \
        }                                                                                     \
  }
MAX_POOL(ck_max_pool_f32, float, int32_t)
MAX_POOL(ck_max_pool_f64, double, int64_t)
