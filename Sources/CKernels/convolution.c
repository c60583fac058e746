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

// A row of results at a time, window place by window place. The first of equals stays, and the first
// NaN stays for good.
#define MAX_POOL(NAME, TYPE)                                                                  \
  CLONES void NAME(const ck_window *w, const TYPE *restrict x, TYPE *restrict y,              \
                   int64_t *restrict at) {                                                    \
    for (long c = 0; c < w->channels; c++)                                                    \
      for (long oy = 0; oy < w->out_height; oy++, y += w->out_width, at += w->out_width) {    \
        for (long ky = 0; ky < w->kernel_height; ky++) {                                      \
          long row = (c * w->height + oy * w->stride_height + ky) * w->width;                 \
          for (long kx = 0; kx < w->kernel_width; kx++)                                       \
            for (long ox = 0; ox < w->out_width; ox++) {                                      \
              long place = row + ox * w->stride_width + kx;                                   \
              TYPE v = x[place], best = y[ox];                                                \
              int takes = (ky == 0 && kx == 0) || (best == best && (v > best || v != v));     \
              y[ox] = takes ? v : best;                                                       \
              at[ox] = takes ? place : at[ox];                                                \
            }                                                                                 \
        }                                                                                     \
      }                                                                                       \
  }
MAX_POOL(ck_max_pool_f32, float)
MAX_POOL(ck_max_pool_f64, double)
