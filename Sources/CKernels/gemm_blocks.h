// The product for one element type. Included by gemm.c with ELEMENT, NAME, SCALAR_FMA and WIDE (the
// elements of a 512-bit vector) defined.

typedef ELEMENT NAME(wide) __attribute__((vector_size(64), aligned(sizeof(ELEMENT))));
typedef ELEMENT NAME(half) __attribute__((vector_size(32), aligned(sizeof(ELEMENT))));

// What a tile reads and writes. Rows of a lie `row_a` apart and its k `deep_a` apart, one of them 1;
// the vectors of b for one k lie side by side, and `deep_b` from those for the next.
typedef struct {
  long depth;
  const ELEMENT *a;
  long row_a, deep_a;
  const ELEMENT *b;
  long deep_b;
  ELEMENT *c;
  long row_c;
  int from_c;
} NAME(tile_work);
typedef void (*NAME(tile))(const NAME(tile_work) *);

// A tile of ROWS x (VECTORS vectors) whose a has its rows (ALONG 1: transposed or packed) or its k
// (ALONG 0) side by side. Rows are reached from every third one, so that addresses fit registers.
#define TILE(SUFFIX, TARGET, VECTOR, LANES, VECTORS, ALONG, ROWS)                             \
  __attribute__((target(TARGET))) static void NAME(tile_##SUFFIX##_##ROWS##x##VECTORS##_##ALONG)( \
      const NAME(tile_work) * t) {                                                            \
    VECTOR acc[ROWS][VECTORS];                                                                \
    const ELEMENT *b = t->b;                                                                  \
    ELEMENT *c = t->c;                                                                        \
    const long row_c = t->row_c, deep_b = t->deep_b, step = ALONG ? t->deep_a : 1;            \
    const long row_a = ALONG ? 1 : t->row_a;                                                  \
    const ELEMENT *a[(ROWS + 2) / 3];                                                         \
    for (int g = 0; g < (ROWS + 2) / 3; g++) a[g] = t->a + 3 * g * row_a;                     \
    for (int i = 0; i < ROWS; i++)                                                            \
      for (int v = 0; v < VECTORS; v++)                                                       \
        acc[i][v] = t->from_c ? *(const VECTOR *)(c + i * row_c + v * LANES) : (VECTOR){0};   \
    for (long k = t->depth; k > 0; k--, b += deep_b) {                                        \
      VECTOR y[VECTORS];                                                                      \
      for (int v = 0; v < VECTORS; v++) y[v] = *(const VECTOR *)(b + v * LANES);              \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                     \
        VECTOR x = (ALONG ? a[0][i] : a[i / 3][i % 3 * row_a]) - (VECTOR){0};                 \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                  \
          acc[i][v] = __builtin_elementwise_fma(x, y[v], acc[i][v]);                          \
      }                                                                                       \
      _Pragma("clang loop unroll(full)") for (int g = 0; g < (ALONG ? 1 : (ROWS + 2) / 3); g++) \
        a[g] += step;                                                                         \
    }                                                                                         \
    for (int i = 0; i < ROWS; i++)                                                            \
      for (int v = 0; v < VECTORS; v++) *(VECTOR *)(c + i * row_c + v * LANES) = acc[i][v];   \
  }
#define TILES_TO_6(...)                                                                       \
  TILE(__VA_ARGS__, 1) TILE(__VA_ARGS__, 2) TILE(__VA_ARGS__, 3)                              \
  TILE(__VA_ARGS__, 4) TILE(__VA_ARGS__, 5) TILE(__VA_ARGS__, 6)
#define TILES_TO_12(...)                                                                      \
  TILES_TO_6(__VA_ARGS__) TILE(__VA_ARGS__, 7) TILE(__VA_ARGS__, 8) TILE(__VA_ARGS__, 9)      \
  TILE(__VA_ARGS__, 10) TILE(__VA_ARGS__, 11) TILE(__VA_ARGS__, 12)
#define AVX512 "avx512f,avx512vl,fma,avx2"
#define AVX2 "avx2,fma"
TILES_TO_12(avx512, AVX512, NAME(wide), WIDE, 1, 0)
TILES_TO_12(avx512, AVX512, NAME(wide), WIDE, 1, 1)
TILES_TO_12(avx512, AVX512, NAME(wide), WIDE, 2, 0)
TILES_TO_12(avx512, AVX512, NAME(wide), WIDE, 2, 1)
TILES_TO_6(avx2, AVX2, NAME(half), (WIDE / 2), 1, 0)
TILES_TO_6(avx2, AVX2, NAME(half), (WIDE / 2), 1, 1)
TILES_TO_6(avx2, AVX2, NAME(half), (WIDE / 2), 2, 0)
TILES_TO_6(avx2, AVX2, NAME(half), (WIDE / 2), 2, 1)

#define TILE_SCALAR(ROWS)                                                                     \
  static void NAME(tile_scalar_##ROWS)(const NAME(tile_work) * t) {                           \
    for (int i = 0; i < ROWS; i++)                                                            \
      for (int j = 0; j < 8; j++) {                                                           \
        ELEMENT sum = t->from_c ? t->c[i * t->row_c + j] : 0;                                 \
        for (long k = 0; k < t->depth; k++)                                                   \
          sum = SCALAR_FMA(t->a[i * t->row_a + k * t->deep_a], t->b[k * t->deep_b + j], sum); \
        t->c[i * t->row_c + j] = sum;                                                         \
      }                                                                                       \
  }
TILE_SCALAR(1) TILE_SCALAR(2) TILE_SCALAR(3) TILE_SCALAR(4)

// The tile for so many rows and one or two vectors.
#define TO_6(P, V, A) NAME(P##_1x##V##_##A), NAME(P##_2x##V##_##A), NAME(P##_3x##V##_##A),  \
                      NAME(P##_4x##V##_##A), NAME(P##_5x##V##_##A), NAME(P##_6x##V##_##A)
#define TO_12(P, V, A) TO_6(P, V, A), NAME(P##_7x##V##_##A), NAME(P##_8x##V##_##A),         \
                       NAME(P##_9x##V##_##A), NAME(P##_10x##V##_##A),                        \
                       NAME(P##_11x##V##_##A), NAME(P##_12x##V##_##A)
static NAME(tile) NAME(tile_for)(int path, long rows, int vectors, int along) {
  static const NAME(tile) avx512[2][2][12] = {
      {{TO_12(tile_avx512, 1, 0)}, {TO_12(tile_avx512, 1, 1)}},
      {{TO_12(tile_avx512, 2, 0)}, {TO_12(tile_avx512, 2, 1)}}};
  static const NAME(tile) avx2[2][2][6] = {{{TO_6(tile_avx2, 1, 0)}, {TO_6(tile_avx2, 1, 1)}},
                                           {{TO_6(tile_avx2, 2, 0)}, {TO_6(tile_avx2, 2, 1)}}};
  static const NAME(tile) scalar[4] = {NAME(tile_scalar_1), NAME(tile_scalar_2),
                                       NAME(tile_scalar_3), NAME(tile_scalar_4)};
  return path == 3   ? avx512[vectors - 1][along][rows - 1]
         : path == 2 ? avx2[vectors - 1][along][rows - 1]
                     : scalar[rows - 1];
}

// out[k][lanes]: `count` vectors of the matrix side by side, filled up with zeros. `along` is the
// distance between neighbours inside a vector, `deep` the distance from k to k + 1.
INLINE void NAME(pack_rows)(const ELEMENT *x, long deep, long lanes, long depth,
                            ELEMENT *restrict out) {
  for (long k = 0; k < depth; k++, out += lanes, x += deep)
    for (long i = 0; i < lanes; i++) out[i] = x[i];
}
CLONES static void NAME(pack)(const ELEMENT *x, long along, long deep, long count, long lanes,
                              long depth, ELEMENT *restrict out) {
  if (along == 1 && count == lanes) {
    if (lanes == 12) NAME(pack_rows)(x, deep, 12, depth, out);
    else if (lanes == 2 * WIDE) NAME(pack_rows)(x, deep, 2 * WIDE, depth, out);
    else if (lanes == WIDE) NAME(pack_rows)(x, deep, WIDE, depth, out);
    else NAME(pack_rows)(x, deep, lanes, depth, out);
    return;
  }
  if (along == 1) {
    for (long k = 0; k < depth; k++, out += lanes) {
      for (long i = 0; i < count; i++) out[i] = x[k * deep + i];
      for (long i = count; i < lanes; i++) out[i] = 0;
    }
    return;
  }
  if (count < lanes)
    for (long k = 0; k < depth; k++)
      for (long i = count; i < lanes; i++) out[k * lanes + i] = 0;
  long i = 0;
  if (deep == 1)
    for (; i + 8 <= count; i += 8) {
      long k = 0;
      for (; k + 8 <= depth; k += 8)
        NAME(turn)(x + i * along + k, along, lanes, out + k * lanes + i);
      for (; k < depth; k++)
        for (long r = 0; r < 8; r++) out[k * lanes + i + r] = x[(i + r) * along + k];
    }
  for (; i < count; i++)
    for (long k = 0; k < depth; k++) out[k * lanes + i] = x[i * along + k * deep];
}

// Scratch that grows and stays with its thread.
static _Thread_local ELEMENT *NAME(scratch);
static _Thread_local size_t NAME(scratch_size);
static ELEMENT *NAME(reserve)(size_t count) {
  if (count > NAME(scratch_size)) {
    free(NAME(scratch));
    NAME(scratch_size) = count;
    NAME(scratch) = aligned_alloc(64, (count * sizeof(ELEMENT) + 63) / 64 * 64);
  }
  return NAME(scratch);
}

// Without memory for packing: the plain loops, which need none and give the same bits.
static void NAME(plain)(long m, long n, long depth, const ELEMENT *a, long row_a, long deep_a,
                        const ELEMENT *b, long col_b, long deep_b, ELEMENT *c, long row_c, long col_c,
                        int accumulate) {
  for (long i = 0; i < m; i++)
    for (long j = 0; j < n; j++) {
      ELEMENT sum = accumulate ? c[i * row_c + j * col_c] : 0;
      for (long k = 0; k < depth; k++)
        sum = SCALAR_FMA(a[i * row_a + k * deep_a], b[j * col_b + k * deep_b], sum);
      c[i * row_c + j * col_c] = sum;
    }
}

// A tile whose place in C is smaller than its vectors, or whose columns lie apart.
static void NAME(edge)(NAME(tile) tile, NAME(tile_work) t, long col_c, long h, long w, long columns) {
  ELEMENT edge[12 * 2 * WIDE], *c = t.c;
  const long row_c = t.row_c;
  if (t.from_c)
    for (long r = 0; r < h; r++)
      for (long j = 0; j < w; j++) edge[r * columns + j] = c[r * row_c + j * col_c];
  t.c = edge;
  t.row_c = columns;
  tile(&t);
  if (col_c == 1)
    for (long r = 0; r < h; r++) memcpy(c + r * row_c, edge + r * columns, (size_t)w * sizeof(ELEMENT));
  else
    for (long j = 0; j < w; j++)
      for (long r = 0; r < h; r++) c[r * row_c + j * col_c] = edge[r * columns + j];
}

// A rectangle of c gets a row added to each of its rows.
CLONES static void NAME(add_row)(const ELEMENT *restrict row, long h, long w, long row_c,
                                 ELEMENT *restrict c) {
  for (long r = 0; r < h; r++)
    for (long j = 0; j < w; j++) c[r * row_c + j] += row[j];
}

// How a product is cut. A block of a (MC x KC) stays in the second-level cache, a panel of b
// (KC x columns) in the first. Matrices that are used once or twice are read where they lie.
#define KC 256
#define MC 480
#define NC 1024

static void NAME(product)(int path, long m, long n, long depth, const ELEMENT *a, long row_a,
                          long deep_a, const ELEMENT *b, long col_b, long deep_b, ELEMENT *c,
                          long row_c, long col_c, int accumulate, const ELEMENT *ready,
                          const ELEMENT *bias) {
  const long most = path == 3 ? 12 : path == 2 ? 6 : 4;
  const long vector = path == 3 ? WIDE : path == 2 ? WIDE / 2 : 8;
  const long columns = path == 1 ? 8 : 2 * vector;
  const int packs_a = deep_a != 1 && n > 2 * columns, packs_b = col_b != 1 || m > 2 * most;
  const int along = deep_a != 1 || packs_a;
  const long deepest = MIN(depth, KC), tallest = (MIN(m, MC) + most - 1) / most * most;
  const long broadest = (MIN(n, NC) + columns - 1) / columns * columns;
  ELEMENT *packed_a = NAME(reserve)((size_t)(deepest * (tallest + broadest)));
  if (!packed_a) {
    NAME(scratch_size) = 0;
    NAME(plain)(m, n, depth, a, row_a, deep_a, b, col_b, deep_b, c, row_c, col_c, accumulate);
    if (bias)
      for (long i = 0; i < m; i++)
        for (long j = 0; j < n; j++) c[i * row_c + j * col_c] += bias[j];
    return;
  }
  ELEMENT *packed_b = packed_a + deepest * tallest;
  for (long j0 = 0; j0 < n; j0 += NC)
    for (long k0 = 0; k0 < depth; k0 += KC)
      for (long i0 = 0; i0 < m; i0 += MC) {
        const long nc = MIN(n - j0, NC), kc = MIN(depth - k0, KC), mc = MIN(m - i0, MC);
        // Blocks of rows as even as they can be.
        const long blocks = (mc + most - 1) / most, rows = mc / blocks, taller = mc % blocks;
        if (packs_a)
          for (long i = 0, at = 0; i < blocks; i++) {
            const long h = rows + (i < taller);
            NAME(pack)(a + (i0 + at) * row_a + k0 * deep_a, row_a, deep_a, h, h, kc,
                       packed_a + at * kc);
            at += h;
          }
        for (long j = 0; j < nc; j += columns) {
          const long w = MIN(nc - j, columns), broad = w <= vector ? vector : columns;
          const ELEMENT *from_b = b + (j0 + j) * col_b + k0 * deep_b;
          NAME(tile_work) t = {.depth = kc, .from_c = accumulate || k0 > 0, .row_c = row_c};
          if (ready) {
            t.b = ready + k0 * ((n + columns - 1) / columns * columns) + (j0 + j) * kc;
            t.deep_b = broad;
          } else if (packs_b || w < broad) {
            if (i0 == 0 || !packs_b) NAME(pack)(from_b, col_b, deep_b, w, broad, kc, packed_b + j * kc);
            t.b = packed_b + j * kc;
            t.deep_b = broad;
          } else {
            t.b = from_b;
            t.deep_b = deep_b;
          }
          for (long i = 0, at = 0; i < blocks; i++) {
            const long h = rows + (i < taller);
            t.a = packs_a ? packed_a + at * kc : a + (i0 + at) * row_a + k0 * deep_a;
            t.row_a = packs_a ? 1 : row_a;
            t.deep_a = packs_a ? h : deep_a;
            t.c = c + (i0 + at) * row_c + (j0 + j) * col_c;
            NAME(tile) tile = NAME(tile_for)(path, h, broad == vector ? 1 : 2, along);
            if (w == broad && col_c == 1) tile(&t);
            else NAME(edge)(tile, t, col_c, h, w, broad);
            if (bias && k0 + kc == depth) NAME(add_row)(bias + j0 + j, h, w, row_c, t.c);
            at += h;
          }
        }
      }
}

// How many columns of b product() lays out side by side.
static long NAME(columns_of)(int path) { return path == 3 ? 2 * WIDE : path == 2 ? WIDE : 8; }

int NAME(ck_gemm_make_ready)(long n, long depth, const ELEMENT *b, long ldb, int transpose_b,
                              ELEMENT *ready) {
  const int path = ck_gemm_path();
  const long columns = NAME(columns_of)(path), vector = columns / (path > 1 ? 2 : 1);
  const long col_b = transpose_b ? ldb : 1, deep_b = transpose_b ? 1 : ldb;
  for (long k0 = 0; k0 < depth; k0 += KC) {
    const long kc = MIN(depth - k0, KC);
    for (long j = 0; j < n; j += columns) {
      const long w = MIN(n - j, columns);
      NAME(pack)(b + j * col_b + k0 * deep_b, col_b, deep_b, w, w <= vector ? vector : columns, kc,
                 ready + k0 * ((n + columns - 1) / columns * columns) + j * kc);
    }
  }
  return path;
}

void NAME(ck_gemm_with_ready)(int path, long m, long n, long depth, const ELEMENT *a, long lda,
                              const ELEMENT *ready, ELEMENT *c, long ldc, int accumulate) {
  if (m > 0 && n > 0 && depth > 0)
    NAME(product)(path, m, n, depth, a, lda, 1, ready, 1, n, c, ldc, 1, accumulate, ready, 0);
}

void NAME(ck_gemm)(long m, long n, long depth, const ELEMENT *a, long lda, int transpose_a,
                   const ELEMENT *b, long ldb, int transpose_b, ELEMENT *c, long ldc,
                   int accumulate) {
  NAME(ck_gemm_bias)(m, n, depth, a, lda, transpose_a, b, ldb, transpose_b, c, ldc, accumulate, 0);
}

void NAME(ck_gemm_bias)(long m, long n, long depth, const ELEMENT *a, long lda, int transpose_a,
                        const ELEMENT *b, long ldb, int transpose_b, ELEMENT *c, long ldc,
                        int accumulate, const ELEMENT *bias) {
  if (m <= 0 || n <= 0) return;
  const long row_a = transpose_a ? 1 : lda, deep_a = transpose_a ? lda : 1;
  const long col_b = transpose_b ? ldb : 1, deep_b = transpose_b ? 1 : ldb;
  if (depth <= 0) {
    if (!accumulate)
      for (long i = 0; i < m; i++) memset(c + i * ldc, 0, (size_t)n * sizeof(ELEMENT));
    if (bias) NAME(add_row)(bias, m, n, ldc, c);
    return;
  }
  const int path = ck_gemm_path();
  // Few columns and more rows: the rows lie across the vectors instead.
  if (n <= 12 && m > n) {
    NAME(product)(path, n, m, depth, b, col_b, deep_b, a, row_a, deep_a, c, 1, ldc, accumulate, 0, 0);
    if (bias) NAME(add_row)(bias, m, n, ldc, c);
  } else
    NAME(product)(path, m, n, depth, a, row_a, deep_a, b, col_b, deep_b, c, ldc, 1, accumulate, 0, bias);
}
#undef KC
#undef MC
#undef NC
