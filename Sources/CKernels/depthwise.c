// Convolutions whose channels do not mix: one plane of weights over one plane of an image. The chains
// of fused multiply-adds are those of direct.c.
#include "CKernels.h"
#include "clones.h"
#include "depthwise.h"
#include "turn.h"
#include <string.h>

typedef float sixteen __attribute__((ext_vector_type(16), aligned(4)));
typedef float eight __attribute__((ext_vector_type(8), aligned(4)));
#define AT(p) (*(const sixteen *)(p))
#define MIN(a, b) ((a) < (b) ? (a) : (b))

// --- windows of one plane --------------------------------------------------------------------------

// Up to four rows of sixteen results, from top to bottom: what goes beyond a row's end is written over
// by the next one.
INLINE void few_rows(long rows, long depth, const float *restrict weights,
                     const int32_t *restrict offset, const float *restrict places, long pitch,
                     float *restrict out, long out_pitch, long last) {
  sixteen a = 0, b = 0, c = 0, d = 0;
  for (long k = 0; k < depth; k++) {
    const sixteen w = (sixteen)weights[k];
    const float *p = places + offset[k];
    a = __builtin_elementwise_fma(w, AT(p), a);
    if (rows > 1) {
      b = __builtin_elementwise_fma(w, AT(p + pitch), b);
      c = __builtin_elementwise_fma(w, AT(p + 2 * pitch), c);
      d = __builtin_elementwise_fma(w, AT(p + 3 * pitch), d);
    }
  }
  if (rows > 1) {
    *(sixteen *)out = a;
    *(sixteen *)(out + out_pitch) = b;
    *(sixteen *)(out + 2 * out_pitch) = c;
    a = d;
    out += 3 * out_pitch;
  }
  if (last == 16) *(sixteen *)out = a;
  else for (long i = 0; i < last; i++) out[i] = a[i];
}

// Columns from x on, sixteen or fewer of them.
INLINE void column(long depth, const float *restrict weights, const int32_t *restrict offset,
                   const float *restrict places, long pitch, long height, long n,
                   float *restrict out, long out_pitch) {
  // With fewer, so many rows at the end have no place for what goes beyond.
  const long tail = n == 16 ? 0 : MIN(height, (16 - n + out_pitch - 1) / out_pitch);
  long y = 0;
  for (; y + 4 <= height - tail; y += 4)
    few_rows(4, depth, weights, offset, places + y * pitch, pitch, out + y * out_pitch, out_pitch, 16);
  for (; y < height; y++)
    few_rows(1, depth, weights, offset, places + y * pitch, pitch, out + y * out_pitch, out_pitch,
             y < height - tail ? 16 : n);
}

CLONES static void plane(long depth, const float *restrict weights, const int32_t *restrict offset,
                         const float *restrict places, long pitch, long height, long width,
                         float *restrict out, long out_pitch) {
  for (long at = 0; at < width; at += 16) {
    // The last columns once more where sixteen fit.
    const long x = width < 16 ? 0 : MIN(at, width - 16), n = MIN(width, 16);
    if (depth == 9) column(9, weights, offset, places + x, pitch, height, n, out + x, out_pitch);
    else if (depth == 25) column(25, weights, offset, places + x, pitch, height, n, out + x, out_pitch);
    else column(depth, weights, offset, places + x, pitch, height, n, out + x, out_pitch);
  }
}

void ck_plane_windows(long depth, const float *weights, const int32_t *offset, const float *places,
                      long pitch, long height, long width, float *out, long out_pitch) {
  plane(depth, weights, offset, places, pitch, height, width, out, out_pitch);
}

// --- to weights ------------------------------------------------------------------------------------

// Sixteen channels lie side by side: each has a lane, and its chain over images and places.
#define CHANNELS 16

static long padded_height(const ck_window *w) {
  return (w->out_height - 1) * w->stride_height + (w->kernel_height - 1) * w->dilation_height + 1;
}
static long padded_width(const ck_window *w) {
  return (w->out_width - 1) * w->stride_width + (w->kernel_width - 1) * w->dilation_width + 1;
}

long ck_depthwise_scratch(const ck_window *w) {
  const long taps = w->kernel_height * w->kernel_width;
  return CHANNELS * (padded_height(w) * padded_width(w) + w->out_height * w->out_width + 2 * taps);
}

// n numbers of each of `channels` planes side by side.
INLINE void turn_row(const float *restrict x, long size, long n, long channels, float *restrict out) {
  long i = 0;
  if (channels == CHANNELS)
    for (; i + 8 <= n; i += 8) {
      turn_f32(x + i, size, CHANNELS, out + i * CHANNELS);
      turn_f32(x + 8 * size + i, size, CHANNELS, out + i * CHANNELS + 8);
    }
  for (; i < n; i++)
    for (long c = 0; c < channels; c++) out[i * CHANNELS + c] = x[c * size + i];
}

// COUNT places of the window over all places of the results.
INLINE void taps(long count, const ck_window *w, const int32_t *offset, const float *restrict x,
                 long pitch, const float *restrict up, float *restrict sums) {
  sixteen acc[9];
  for (long k = 0; k < count; k++) acc[k] = AT(sums + k * CHANNELS);
  for (long y = 0; y < w->out_height; y++) {
    const float *row = x + y * w->stride_height * pitch * CHANNELS;
    for (long i = 0; i < w->out_width; i++, up += CHANNELS, row += w->stride_width * CHANNELS) {
      const sixteen g = AT(up);
      for (long k = 0; k < count; k++)
        acc[k] = __builtin_elementwise_fma(AT(row + offset[k]), g, acc[k]);
    }
  }
  for (long k = 0; k < count; k++) *(sixteen *)(sums + k * CHANNELS) = acc[k];
}

CLONES static void depthwise_weights(const ck_window *w, long images, long groups, long first,
                                     long channels, const float *restrict up,
                                     const float *restrict x, float *restrict dw,
                                     float *restrict scratch) {
  const long size = w->height * w->width, positions = w->out_height * w->out_width;
  const long height = padded_height(w), pitch = padded_width(w);
  const long count = w->kernel_height * w->kernel_width;
  float *turned = scratch + height * pitch * CHANNELS, *sums = turned + positions * CHANNELS;
  int32_t *offset = (int32_t *)(sums + count * CHANNELS);
  for (long ky = 0, k = 0; ky < w->kernel_height; ky++)
    for (long kx = 0; kx < w->kernel_width; kx++, k++)
      offset[k] = (int32_t)((ky * w->dilation_height * pitch + kx * w->dilation_width) * CHANNELS);
  memset(scratch, 0, (turned - scratch + (positions + count) * CHANNELS) * sizeof(float));
  const long rows = MIN(w->height, height - w->pad_top), columns = MIN(w->width, pitch - w->pad_left);
  for (long n = 0; n < images; n++) {
    const float *image = x + (n * groups + first) * size;
    for (long y = 0; y < rows; y++)
      turn_row(image + y * w->width, size, columns, channels,
               scratch + ((y + w->pad_top) * pitch + w->pad_left) * CHANNELS);
    turn_row(up + (n * groups + first) * positions, positions, positions, channels, turned);
    long k = 0;
    for (; k + 9 <= count; k += 9) taps(9, w, offset + k, scratch, pitch, turned, sums + k * CHANNELS);
    for (; k + 5 <= count; k += 5) taps(5, w, offset + k, scratch, pitch, turned, sums + k * CHANNELS);
    for (; k < count; k++) taps(1, w, offset + k, scratch, pitch, turned, sums + k * CHANNELS);
  }
  for (long c = 0; c < channels; c++)
    for (long k = 0; k < count; k++) dw[(first + c) * count + k] = sums[k * CHANNELS + c];
}

void ck_depthwise_to_weights(const ck_window *w, long images, long groups, const float *up,
                             const float *x, float *dw, float *scratch) {
  for (long first = 0; first < groups; first += CHANNELS)
    depthwise_weights(w, images, groups, first, MIN(CHANNELS, groups - first), up, x, dw, scratch);
}
