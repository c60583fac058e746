// Convolutions of f32 without columns in memory. Images are copied once into planes with their
// padding, one plane for each residue of the stride, so that every place of a window is a fixed
// offset from the window's first place. Every result is a chain of fused multiply-adds over channel,
// window row and window column (over images and places for weights), whatever the vectors' width.
#include "CKernels.h"
#include "clones.h"
#include "depthwise.h"
#include "turn.h"
#include <immintrin.h>
#include <string.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define LANES_OF(path) ((path) == 3 ? 16 : 8)
#define SLACK 32

typedef float wide __attribute__((vector_size(64), aligned(4)));
typedef float half __attribute__((vector_size(32), aligned(4)));

// --- planes ----------------------------------------------------------------------------------------

typedef struct {
  long phases_y, phases_x;  // planes of a channel
  long height, width;       // of a plane
  long size;                // of all planes of one image group
} planes;

static planes planes_of(const ck_window *w) {
  planes p;
  long reach_y = (w->kernel_height - 1) * w->dilation_height;
  long reach_x = (w->kernel_width - 1) * w->dilation_width;
  p.phases_y = MIN(w->stride_height, reach_y + 1);
  p.phases_x = MIN(w->stride_width, reach_x + 1);
  p.height = w->out_height + reach_y / w->stride_height;
  p.width = w->out_width + reach_x / w->stride_width;
  p.size = w->channels * p.phases_y * p.phases_x * p.height * p.width;
  return p;
}

static void fill_offsets(const ck_window *w, const planes *p, int32_t *offset) {
  for (long c = 0; c < w->channels; c++)
    for (long ky = 0; ky < w->kernel_height; ky++)
      for (long kx = 0; kx < w->kernel_width; kx++) {
        long y = ky * w->dilation_height, x = kx * w->dilation_width;
        long plane = (c * p->phases_y + y % w->stride_height) * p->phases_x + x % w->stride_width;
        *offset++ = (int32_t)((plane * p->height + y / w->stride_height) * p->width
                              + x / w->stride_width);
      }
}

INLINE void copy_row(const float *restrict x, float *restrict y, long n) {
  long i = 0;
  for (; i + 16 <= n; i += 16) *(wide *)(y + i) = *(const wide *)(x + i);
  for (; i + 8 <= n; i += 8) *(half *)(y + i) = *(const half *)(x + i);
#pragma clang loop vectorize(disable) unroll(disable)
  for (; i < n; i++) y[i] = x[i];
}

// Where the image lies in a row of planes that hold every `s`-th column from `shift` on.
static void inside(long width, long size, long s, long shift, long *from, long *to) {
  *from = shift >= 0 ? 0 : MIN((-shift + s - 1) / s, width);
  *to = size - 1 - shift < 0 ? 0 : MIN((size - 1 - shift) / s + 1, width);
  *to = MAX(*from, *to);
}

// Planes whose padding is zero already get an image.
CLONES static void fill_planes(const ck_window *w, const planes *p, const float *restrict image,
                               float *restrict out) {
  const long sy = w->stride_height, sx = w->stride_width;
  for (long c = 0; c < w->channels; c++, image += w->height * w->width)
    for (long py = 0; py < p->phases_y; py++)
      for (long px = 0; px < p->phases_x; px++, out += p->height * p->width) {
        long top, bottom, from, to;
        inside(p->height, w->height, sy, py - w->pad_top, &top, &bottom);
        inside(p->width, w->width, sx, px - w->pad_left, &from, &to);
        for (long y = top; y < bottom; y++) {
          const float *row =
              image + (y * sy + py - w->pad_top) * w->width + from * sx + px - w->pad_left;
          float *place = out + y * p->width + from;
          const long n = to - from;
          if (sx == 1) copy_row(row, place, n);
          else if (sx == 2) for (long x = 0; x < n; x++) place[x] = row[2 * x];
          else for (long x = 0; x < n; x++) place[x] = row[x * sx];
        }
      }
}

// --- products of weights with windows --------------------------------------------------------------

// Some rows of weights times the windows that begin at `places`; each vector is a run in one row of
// the result, or (`pair`) two runs of at most eight.
typedef struct {
  long depth;
  const float *weights;
  long row;  // distance between rows of weights
  const int32_t *offset;
  const float *place[4], *place2[4];
  float *out[4], *out2[4];
  long count[4];  // elements of each run
  long plane;     // distance between rows of the result
} window_work;
typedef void (*window_tile)(const window_work *);

#define LOAD_ONE(VECTOR, v, o) (*(const VECTOR *)(t->place[v] + (o)))
#define LOAD_PAIR(VECTOR, v, o)                                                               \
  __builtin_shufflevector(*(const half *)(t->place[v] + (o)), *(const half *)(t->place2[v] + (o)), \
                          0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#define STORE_FEW(VECTOR, LANES, v, i, value)                                                 \
  {                                                                                           \
    float *out = t->out[v] + i * t->plane;                                                    \
    if (t->count[v] == LANES) *(VECTOR *)out = value;                                         \
    else {                                                                                    \
      VECTOR kept = value;                                                                    \
      memcpy(out, &kept, t->count[v] * sizeof(float));                                        \
    }                                                                                         \
  }
#define STORE_ONE(VECTOR, LANES, v, i, value)                                                 \
  _mm512_mask_storeu_ps(t->out[v] + i * t->plane, (__mmask16)((1u << t->count[v]) - 1), (__m512)value);
#define STORE_PAIR(VECTOR, LANES, v, i, value)                                                \
  {                                                                                           \
    const __mmask16 mask = (__mmask16)((1u << t->count[v]) - 1);                              \
    wide high = __builtin_shufflevector(value, value, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, \
                                        5, 6, 7);                                             \
    _mm512_mask_storeu_ps(t->out2[v] + i * t->plane, mask, (__m512)high);                     \
    _mm512_mask_storeu_ps(t->out[v] + i * t->plane, mask, (__m512)value);                     \
  }
#define WINDOW_TILE(SUFFIX, TARGET, VECTOR, LANES, KIND, VECTORS, ROWS)                       \
  __attribute__((target(TARGET))) static void SUFFIX##_##KIND##_##ROWS##x##VECTORS(           \
      const window_work *t) {                                                                 \
    VECTOR acc[ROWS][VECTORS] = {0};                                                          \
    const float *a[(ROWS + 2) / 3];                                                           \
    const long row = t->row;                                                                  \
    for (int g = 0; g < (ROWS + 2) / 3; g++) a[g] = t->weights + 3 * g * row;                 \
    for (long k = 0; k < t->depth; k++) {                                                     \
      const long at = t->offset[k];                                                           \
      VECTOR y[VECTORS];                                                                      \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                    \
        y[v] = LOAD_##KIND(VECTOR, v, at);                                                    \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                     \
        VECTOR x = a[i / 3][i % 3 * row] - (VECTOR){0};                                       \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                  \
          acc[i][v] = __builtin_elementwise_fma(x, y[v], acc[i][v]);                          \
      }                                                                                       \
      _Pragma("clang loop unroll(full)") for (int g = 0; g < (ROWS + 2) / 3; g++) a[g]++;     \
    }                                                                                         \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++)                         \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                    \
        STORE_##KIND(VECTOR, LANES, v, i, acc[i][v])                                          \
  }
#define WINDOWS_TO_6(...)                                                                     \
  WINDOW_TILE(__VA_ARGS__, 1) WINDOW_TILE(__VA_ARGS__, 2) WINDOW_TILE(__VA_ARGS__, 3)         \
  WINDOW_TILE(__VA_ARGS__, 4) WINDOW_TILE(__VA_ARGS__, 5) WINDOW_TILE(__VA_ARGS__, 6)
#define WINDOWS_FROM_7(...)                                                                   \
  WINDOW_TILE(__VA_ARGS__, 7) WINDOW_TILE(__VA_ARGS__, 8) WINDOW_TILE(__VA_ARGS__, 9)         \
  WINDOW_TILE(__VA_ARGS__, 10) WINDOW_TILE(__VA_ARGS__, 11) WINDOW_TILE(__VA_ARGS__, 12)
#define AVX512 "avx512f,avx512vl,fma,avx2"
#define AVX2 "avx2,fma"
WINDOWS_TO_6(avx512, AVX512, wide, 16, ONE, 4)
WINDOWS_TO_6(avx512, AVX512, wide, 16, PAIR, 4)
WINDOWS_FROM_7(avx512, AVX512, wide, 16, ONE, 2)
WINDOWS_FROM_7(avx512, AVX512, wide, 16, PAIR, 2)
WINDOW_TILE(avx512, AVX512, wide, 16, ONE, 2, 6)
WINDOW_TILE(avx512, AVX512, wide, 16, PAIR, 2, 6)
#define LOAD_FEW LOAD_ONE
WINDOWS_TO_6(avx2, AVX2, half, 8, FEW, 2)

static void windows_scalar(const window_work *t, long rows, int vectors) {
  for (long i = 0; i < rows; i++)
    for (int v = 0; v < vectors; v++)
      for (long j = 0; j < t->count[v]; j++) {
        float sum = 0;
        for (long k = 0; k < t->depth; k++)
          sum = __builtin_fmaf(t->weights[i * t->row + k], t->place[v][t->offset[k] + j], sum);
        t->out[v][i * t->plane + j] = sum;
      }
}

#define NAMES_TO_6(P, V) P##_1x##V, P##_2x##V, P##_3x##V, P##_4x##V, P##_5x##V, P##_6x##V
#define NAMES_FROM_7(P, V) P##_7x##V, P##_8x##V, P##_9x##V, P##_10x##V, P##_11x##V, P##_12x##V
static const window_tile tiles_avx512[2][12] = {
    {NAMES_TO_6(avx512_ONE, 4), NAMES_FROM_7(avx512_ONE, 2)},
    {NAMES_TO_6(avx512_PAIR, 4), NAMES_FROM_7(avx512_PAIR, 2)}};
static const window_tile sixes_avx512[2] = {avx512_ONE_6x2, avx512_PAIR_6x2};
static const window_tile tiles_avx2[6] = {NAMES_TO_6(avx2_FEW, 2)};

// Memory that will be read next: some lines of it are asked for during each piece of work.
typedef struct {
  const char *at, *end;
  long lines;
} ahead;

// `count` floats at `next`, spread over so many pieces of work.
static ahead ahead_of(const float *next, long count, long pieces) {
  return (ahead){(const char *)next, (const char *)(next + count), count / 16 / pieces + 1};
}
INLINE void ask(ahead *a) {
  for (long i = 0; i < a->lines && a->at < a->end; i++, a->at += 64) __builtin_prefetch(a->at, 0, 2);
}

// rows x (out_height x out_width): weights [rows, depth] times the windows at `offset`. `next` are
// numbers that will be read afterwards.
static void windows(int path, long rows, long depth, const float *weights, const int32_t *offset,
                    const float *places, long pitch, long out_height, long out_width, float *out,
                    long plane, long out_pitch, const float *next, long next_count) {
  if (rows <= 0) return;
  if (rows == 1) {
    ck_plane_windows(depth, weights, offset, places, pitch, out_height, out_width, out, out_pitch);
    return;
  }
  const long lanes = LANES_OF(path);
  const int pair = path == 3 && out_width <= 8;
  const long most = path == 3 ? 12 : path == 2 ? 6 : 4;
  const long blocks = (rows + most - 1) / most, fewest = rows / blocks, taller = rows % blocks;
  const int vectors = path == 3 && fewest + (taller > 0) <= 6 ? 4 : 2;
  window_work t = {.depth = depth, .row = depth, .offset = offset, .plane = plane};
  const long runs = out_height * ((out_width + lanes - 1) / lanes);
  const long pieces = (runs / (vectors * (pair ? 2 : 1)) + 1) * blocks;
  ahead soon = ahead_of(next, next_count, pieces);
  float *starts[4], *starts2[4];
  int filled = 0;
  for (long y = 0; y < out_height; y += pair ? 2 : 1)
    for (long x = 0; x < out_width; x += lanes) {
      t.place[filled] = places + y * pitch + x;
      starts[filled] = out + y * out_pitch + x;
      t.count[filled] = MIN(lanes, out_width - x);
      long second = pair && y + 1 < out_height ? 1 : 0;
      t.place2[filled] = t.place[filled] + second * pitch;
      starts2[filled] = starts[filled] + second * out_pitch;
      filled++;
      if (filled < vectors && (y + (pair ? 2 : 1) < out_height || x + lanes < out_width)) continue;
      for (int v = filled; v < vectors; v++) {
        t.place[v] = t.place[0], t.place2[v] = t.place2[0];
        starts[v] = starts[0], starts2[v] = starts2[0], t.count[v] = t.count[0];
      }
      for (long b = 0, first = 0; b < blocks; b++) {
        const long h = fewest + (b < taller);
        t.weights = weights + first * depth;
        for (int v = 0; v < vectors; v++) {
          t.out[v] = starts[v] + first * plane;
          t.out2[v] = starts2[v] + first * plane;
        }
        if (path == 3 && h == 6 && vectors == 2) sixes_avx512[pair](&t);
        else if (path == 3) tiles_avx512[pair][h - 1](&t);
        else if (path == 2) tiles_avx2[h - 1](&t);
        else windows_scalar(&t, h, filled);
        ask(&soon);
        first += h;
      }
      filled = 0;
    }
}

static void sizes_to_images(const ck_window *w, long *height, long *width) {
  long reach_y = (w->kernel_height - 1) * w->dilation_height / w->stride_height;
  long reach_x = (w->kernel_width - 1) * w->dilation_width / w->stride_width;
  long top = (w->height - 1 + w->pad_top) / w->stride_height;
  long left = (w->width - 1 + w->pad_left) / w->stride_width;
  *height = MAX(w->out_height, top + 1) + reach_y;
  *width = MAX(w->out_width, left + 1) + reach_x;
}

// Whether planes are of a size with the images: not so for far dilation or padding.
int ck_conv_is_direct(const ck_window *w, long outputs) {
  const planes p = planes_of(w);
  long height, width;
  sizes_to_images(w, &height, &width);
  double channels = (double)w->channels, results = (double)outputs;
  double image = channels * w->height * w->width;
  double result = results * w->out_height * w->out_width;
  double forward = channels * p.phases_y * p.phases_x * p.height * p.width;
  double back = results * height * width + channels * height * width;
  double most = 8 * (image + result) + 65536;
  return forward <= most && back <= most && most < 0x1p31
         && channels * results * w->kernel_height * w->kernel_width < 0x1p30;
}

// --- forward ---------------------------------------------------------------------------------------

static long patch_of(const ck_window *w) {
  return w->channels * w->kernel_height * w->kernel_width;
}

long ck_conv_forward_scratch(const ck_window *w) {
  return planes_of(w).size + SLACK + patch_of(w);
}

void ck_conv_forward_f32(const ck_window *w, long images, long groups, long outputs, const float *x,
                         const float *weights, float *y, float *scratch) {
  const planes p = planes_of(w);
  const long patch = patch_of(w), positions = w->out_height * w->out_width;
  int32_t *offset = (int32_t *)(scratch + p.size + SLACK);
  fill_offsets(w, &p, offset);
  memset(scratch, 0, p.size * sizeof(float));
  for (long n = 0; n < images; n++)
    for (long g = 0; g < groups; g++, x += w->channels * w->height * w->width, y += outputs * positions) {
      const long image = w->channels * w->height * w->width;
      fill_planes(w, &p, x, scratch);
      windows(ck_gemm_path(), outputs, patch, weights + g * outputs * patch, offset, scratch, p.width,
              w->out_height, w->out_width, y, positions, w->out_width, x + image,
              n + 1 < images || g + 1 < groups ? image : 0);
    }
}

// --- to images -------------------------------------------------------------------------------------

// The windows of one axis that reach the image places with one residue of the stride.
typedef struct {
  long first, last;  // places: image place i is place (i + pad) / stride
  long count;        // window places that take part
  long reach;        // how far they reach back at most
} axis_phase;

static axis_phase phase_of(long phase, long size, long pad, long stride, long kernel, long dilation) {
  axis_phase a = {0, -1, 0, (kernel - 1) * dilation / stride};
  long low = pad - phase, high = size - 1 + pad - phase;
  a.first = low <= 0 ? 0 : (low + stride - 1) / stride;
  a.last = high < 0 ? -1 : high / stride;
  for (long k = 0; k < kernel; k++) a.count += k * dilation % stride == phase;
  return a;
}

long ck_conv_to_input_scratch(const ck_window *w, long outputs) {
  long height, width;
  sizes_to_images(w, &height, &width);
  long taps = outputs * w->kernel_height * w->kernel_width;
  return outputs * height * width + SLACK + taps + taps * w->channels
         + w->channels * height * width;
}

void ck_conv_to_input_f32(const ck_window *w, long images, long groups, long outputs,
                          const float *up, const float *weights, float *dx, float *scratch) {
  long height, width;
  sizes_to_images(w, &height, &width);
  const long kernel = w->kernel_height * w->kernel_width, taps = outputs * kernel;
  const long positions = w->out_height * w->out_width, image = w->channels * w->height * w->width;
  const long sy = w->stride_height, sx = w->stride_width;
  int32_t *offset = (int32_t *)(scratch + outputs * height * width + SLACK);
  float *turned = (float *)(offset + taps), *phased = turned + taps * w->channels;
  memset(scratch, 0, outputs * height * width * sizeof(float));
  for (long g = 0; g < groups; g++)
    for (long qy = 0; qy < sy; qy++)
      for (long qx = 0; qx < sx; qx++) {
        const axis_phase v = phase_of(qy, w->height, w->pad_top, sy, w->kernel_height, w->dilation_height);
        const axis_phase h = phase_of(qx, w->width, w->pad_left, sx, w->kernel_width, w->dilation_width);
        const long rows = v.last - v.first + 1, columns = h.last - h.first + 1;
        if (rows <= 0 || columns <= 0) continue;
        const long depth = outputs * v.count * h.count;
        long at = 0;
        for (long o = 0; o < outputs; o++)
          for (long ky = 0; ky < w->kernel_height; ky++)
            for (long kx = 0; kx < w->kernel_width; kx++) {
              long y = ky * w->dilation_height, x = kx * w->dilation_width;
              if (y % sy != qy || x % sx != qx) continue;
              offset[at] = (int32_t)((o * height + v.reach - y / sy) * width + h.reach - x / sx);
              for (long c = 0; c < w->channels; c++)
                turned[c * depth + at] =
                    weights[((g * outputs + o) * w->channels + c) * kernel + ky * w->kernel_width + kx];
              at++;
            }
        for (long n = 0; n < images; n++) {
          const float *from = up + (n * groups + g) * outputs * positions;
          float *to = dx + (n * groups + g) * image;
          const float *next = from + groups * outputs * positions;
          const long next_count = n + 1 < images ? outputs * positions : 0;
          for (long o = 0; o < outputs; o++)
            for (long y = 0; y < w->out_height; y++)
              copy_row(from + o * positions + y * w->out_width,
                       scratch + (o * height + v.reach + y) * width + h.reach, w->out_width);
          const float *places = scratch + v.first * width + h.first;
          if (sy == 1 && sx == 1) {
            windows(ck_gemm_path(), w->channels, depth, turned, offset, places, width, rows, columns,
                    to, w->height * w->width, w->width, next, next_count);
            continue;
          }
          windows(ck_gemm_path(), w->channels, depth, turned, offset, places, width, rows, columns,
                  phased, rows * columns, columns, next, next_count);
          for (long c = 0; c < w->channels; c++)
            for (long y = 0; y < rows; y++)
              for (long x = 0; x < columns; x++)
                to[(c * w->height + (v.first + y) * sy + qy - w->pad_top) * w->width
                   + (h.first + x) * sx + qx - w->pad_left] = phased[(c * rows + y) * columns + x];
        }
      }
}

// --- to weights ------------------------------------------------------------------------------------

// sums[row][vector] += planes[offset[row] + place] * up[place][vector], place after place.
typedef struct {
  const float *base;
  const int32_t *offset;
  const float *up;
  long stride;  // of up and sums
  long height, width, pitch;
  float *sums;
  ahead soon, soon_up;
} weight_work;
typedef void (*weight_tile)(weight_work *);

// GROUPS runs of RUN neighbouring window places each; `offset` names the first of every run.
#define WEIGHT_TILE(SUFFIX, TARGET, VECTOR, LANES, VECTORS, RUN, GROUPS)                      \
  __attribute__((target(TARGET))) static void SUFFIX##_weights_##RUN##_##VECTORS##_##GROUPS(  \
      weight_work *t) {                                                                       \
    VECTOR acc[GROUPS * RUN][VECTORS];                                                        \
    const float *base[GROUPS], *up = t->up;                                                   \
    const long stride = t->stride, width = t->width;                                          \
    for (int i = 0; i < GROUPS; i++) base[i] = t->base + t->offset[i * RUN];                  \
    for (int i = 0; i < GROUPS * RUN; i++)                                                    \
      for (int v = 0; v < VECTORS; v++)                                                       \
        acc[i][v] = *(const VECTOR *)(t->sums + i * stride + v * LANES);                      \
    for (long y = 0; y < t->height; y++) {                                                    \
      for (long x = 0; x < width; x++, up += stride) {                                        \
        VECTOR g[VECTORS];                                                                    \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                  \
          g[v] = *(const VECTOR *)(up + v * LANES);                                           \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < GROUPS * RUN; i++) {           \
          VECTOR p = base[i / RUN][x + i % RUN] - (VECTOR){0};                                \
          _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                \
            acc[i][v] = __builtin_elementwise_fma(p, g[v], acc[i][v]);                        \
        }                                                                                     \
      }                                                                                       \
      for (int i = 0; i < GROUPS; i++) base[i] += t->pitch;                                   \
      ask(&t->soon);                                                                          \
      ask(&t->soon_up);                                                                       \
    }                                                                                         \
    for (int i = 0; i < GROUPS * RUN; i++)                                                    \
      for (int v = 0; v < VECTORS; v++)                                                       \
        *(VECTOR *)(t->sums + i * stride + v * LANES) = acc[i][v];                            \
  }
#define WEIGHTS_TO_2(...) WEIGHT_TILE(__VA_ARGS__, 1) WEIGHT_TILE(__VA_ARGS__, 2)
#define WEIGHTS_TO_4(...)                                                                     \
  WEIGHTS_TO_2(__VA_ARGS__) WEIGHT_TILE(__VA_ARGS__, 3) WEIGHT_TILE(__VA_ARGS__, 4)
#define WEIGHTS_TO_6(...)                                                                     \
  WEIGHTS_TO_4(__VA_ARGS__) WEIGHT_TILE(__VA_ARGS__, 5) WEIGHT_TILE(__VA_ARGS__, 6)
#define WEIGHTS_TO_8(...)                                                                     \
  WEIGHTS_TO_6(__VA_ARGS__) WEIGHT_TILE(__VA_ARGS__, 7) WEIGHT_TILE(__VA_ARGS__, 8)
WEIGHTS_TO_8(avx512, AVX512, wide, 16, 1, 1)
WEIGHTS_TO_8(avx512, AVX512, wide, 16, 2, 1)
WEIGHTS_TO_8(avx512, AVX512, wide, 16, 1, 3)
WEIGHTS_TO_4(avx512, AVX512, wide, 16, 2, 3)
WEIGHTS_TO_4(avx512, AVX512, wide, 16, 1, 5)
WEIGHTS_TO_2(avx512, AVX512, wide, 16, 2, 5)
WEIGHTS_TO_6(avx2, AVX2, half, 8, 2, 1)
WEIGHTS_TO_2(avx2, AVX2, half, 8, 2, 3)
#define GROUPS_2(P) P##_1, P##_2
#define GROUPS_4(P) GROUPS_2(P), P##_3, P##_4
#define GROUPS_6(P) GROUPS_4(P), P##_5, P##_6
#define GROUPS_8(P) GROUPS_6(P), P##_7, P##_8

// The tile for `groups` runs of `run` places and one or two vectors of 16, and how many runs fit one.
static weight_tile weight_tile_for(int path, long run, long vectors, long groups) {
  static const weight_tile singles[2][8] = {{GROUPS_8(avx512_weights_1_1)},
                                            {GROUPS_8(avx512_weights_1_2)}};
  static const weight_tile threes1[8] = {GROUPS_8(avx512_weights_3_1)};
  static const weight_tile threes2[4] = {GROUPS_4(avx512_weights_3_2)};
  static const weight_tile fives1[4] = {GROUPS_4(avx512_weights_5_1)};
  static const weight_tile fives2[2] = {GROUPS_2(avx512_weights_5_2)};
  static const weight_tile singles_avx2[6] = {GROUPS_6(avx2_weights_1_2)};
  static const weight_tile threes_avx2[2] = {GROUPS_2(avx2_weights_3_2)};
  if (path == 2) return run == 3 ? threes_avx2[groups - 1] : singles_avx2[groups - 1];
  if (run == 3) return vectors == 1 ? threes1[groups - 1] : threes2[groups - 1];
  if (run == 5) return vectors == 1 ? fives1[groups - 1] : fives2[groups - 1];
  return singles[vectors - 1][groups - 1];
}
static long most_groups(int path, long run, long vectors) {
  if (path == 1) return 6;
  if (path == 2) return run == 3 ? 2 : 6;
  return run == 1 ? 8 : run == 3 ? 8 / vectors : 4 / vectors;
}

static void weights_scalar(const weight_work *t, long rows) {
  for (long i = 0; i < rows; i++)
    for (long v = 0; v < 16; v++) {
      float sum = t->sums[i * t->stride + v];
      for (long y = 0; y < t->height; y++)
        for (long x = 0; x < t->width; x++)
          sum = __builtin_fmaf(t->base[t->offset[i] + y * t->pitch + x],
                               t->up[(y * t->width + x) * t->stride + v], sum);
      t->sums[i * t->stride + v] = sum;
    }
}

static long rounded(long outputs) { return (outputs + 15) / 16 * 16; }

// Whether every group has one channel and one result.
static int is_depthwise(const ck_window *w, long groups, long outputs) {
  return w->channels == 1 && outputs == 1 && groups > 1;
}

long ck_conv_to_weights_scratch(const ck_window *w, long groups, long outputs) {
  if (is_depthwise(w, groups, outputs)) return ck_depthwise_scratch(w);
  return planes_of(w).size + SLACK + patch_of(w)
         + w->out_height * w->out_width * rounded(outputs)
         + groups * patch_of(w) * rounded(outputs);
}

// [outputs][positions] turned round, filled up to `stride` columns.
CLONES static void turn_up(const float *restrict up, long outputs, long positions, long stride,
                           float *restrict out) {
  const long whole = positions / 8 * 8, squares = outputs / 8 * 8;
  for (long p = 0; p < whole; p += 8)
    for (long o = 0; o < squares; o += 8)
      turn_f32(up + o * positions + p, positions, stride, out + p * stride + o);
  for (long o = squares; o < outputs; o++)
    for (long p = 0; p < whole; p++) out[p * stride + o] = up[o * positions + p];
  for (long p = whole; p < positions; p++)
    for (long o = 0; o < outputs; o++) out[p * stride + o] = up[o * positions + p];
}

// The sum over the images, from zero.
void ck_conv_to_weights_f32(const ck_window *w, long images, long groups, long outputs,
                            const float *up, const float *x, float *dw, float *scratch) {
  if (is_depthwise(w, groups, outputs)) {
    ck_depthwise_to_weights(w, images, groups, up, x, dw, scratch);
    return;
  }
  const planes p = planes_of(w);
  const int path = ck_gemm_path();
  const long patch = patch_of(w), stride = rounded(outputs);
  const long positions = w->out_height * w->out_width, k = w->kernel_width;
  const int isDense = w->stride_width == 1 && w->dilation_width == 1;
  const long run = isDense && path > 1 && (k == 3 || (k == 5 && path == 3)) ? k : 1;
  if (patch <= 0 || outputs <= 0) return;
  int32_t *offset = (int32_t *)(scratch + p.size + SLACK);
  float *turned = (float *)(offset + patch), *sums = turned + positions * stride;
  fill_offsets(w, &p, offset);
  memset(scratch, 0, p.size * sizeof(float));
  memset(sums, 0, groups * patch * stride * sizeof(float));
  memset(turned, 0, positions * stride * sizeof(float));
  for (long n = 0; n < images; n++)
    for (long g = 0; g < groups; g++, x += w->channels * w->height * w->width, up += outputs * positions) {
      fill_planes(w, &p, x, scratch);
      turn_up(up, outputs, positions, stride, turned);
      const long image = w->channels * w->height * w->width;
      const int isLast = n + 1 == images && g + 1 == groups;
      const long calls = (patch / run / most_groups(path, run, path == 3 && stride >= 32 ? 2 : 1) + 1)
                         * (path == 3 ? (stride + 31) / 32 : stride / 16);
      weight_work t = {
          .soon = ahead_of(x + image, isLast ? 0 : image, calls * w->out_height),
          .soon_up = ahead_of(up + outputs * positions, isLast ? 0 : outputs * positions,
                              calls * w->out_height)};
      for (long v = 0; v < stride;) {
        const long vectors = path == 3 && v + 32 <= stride ? 2 : 1;
        const long runs = patch / run, most = most_groups(path, run, vectors);
        const long blocks = (runs + most - 1) / most, fewest = runs / blocks, taller = runs % blocks;
        for (long b = 0, first = 0; b < blocks; b++) {
          const long h = fewest + (b < taller);
          t.base = scratch, t.offset = offset + first, t.up = turned + v, t.stride = stride;
          t.height = w->out_height, t.width = w->out_width, t.pitch = p.width;
          t.sums = sums + (g * patch + first) * stride + v;
          if (path == 1) weights_scalar(&t, h);
          else weight_tile_for(path, run, vectors, h)(&t);
          first += h * run;
        }
        v += 16 * vectors;
      }
    }
  for (long g = 0; g < groups; g++)
    for (long o = 0; o < outputs; o++)
      for (long r = 0; r < patch; r++)
        dw[(g * outputs + o) * patch + r] = sums[(g * patch + r) * stride + o];
}
