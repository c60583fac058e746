// The product for one element type. Included by gemm.c with ELEMENT, NAME, SCALAR_FMA and WIDE (the
// elements of a 512-bit vector) defined.

typedef ELEMENT NAME(wide) __attribute__((vector_size(64), aligned(sizeof(ELEMENT))));
typedef ELEMENT NAME(half) __attribute__((vector_size(32), aligned(sizeof(ELEMENT))));
typedef void (*NAME(tile))(long, const ELEMENT *, const ELEMENT *, ELEMENT *, long, int);

// A tile of ROWS x (VECTORS vectors): a is packed [k][ROWS], b is packed [k][VECTORS vectors], c has
// stride ldc.
#define TILE(SUFFIX, TARGET, VECTOR, LANES, VECTORS, ROWS)                                    \
  __attribute__((target(TARGET))) static void NAME(tile_##SUFFIX##_##ROWS##x##VECTORS)(       \
      long depth, const ELEMENT *a, const ELEMENT *b, ELEMENT *c, long ldc, int from_c) {     \
    VECTOR acc[ROWS][VECTORS];                                                                \
    for (int i = 0; i < ROWS; i++)                                                            \
      for (int v = 0; v < VECTORS; v++)                                                       \
        acc[i][v] = from_c ? *(const VECTOR *)(c + i * ldc + v * LANES) : (VECTOR){0};        \
    for (long k = 0; k < depth; k++, a += ROWS, b += VECTORS * LANES) {                       \
      VECTOR y[VECTORS];                                                                      \
      for (int v = 0; v < VECTORS; v++) y[v] = *(const VECTOR *)(b + v * LANES);              \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                     \
        VECTOR x = (VECTOR){0} + a[i];                                                        \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < VECTORS; v++)                  \
          acc[i][v] = __builtin_elementwise_fma(x, y[v], acc[i][v]);                          \
      }                                                                                       \
    }                                                                                         \
    for (int i = 0; i < ROWS; i++)                                                            \
      for (int v = 0; v < VECTORS; v++) *(VECTOR *)(c + i * ldc + v * LANES) = acc[i][v];     \
  }
#define TILES_TO_6(...)                                                                       \
  TILE(__VA_ARGS__, 1) TILE(__VA_ARGS__, 2) TILE(__VA_ARGS__, 3)                              \
  TILE(__VA_ARGS__, 4) TILE(__VA_ARGS__, 5) TILE(__VA_ARGS__, 6)
#define TILES_TO_12(...)                                                                      \
  TILES_TO_6(__VA_ARGS__) TILE(__VA_ARGS__, 7) TILE(__VA_ARGS__, 8) TILE(__VA_ARGS__, 9)      \
  TILE(__VA_ARGS__, 10) TILE(__VA_ARGS__, 11) TILE(__VA_ARGS__, 12)
#define AVX512 "avx512f,avx512vl,fma"
#define AVX2 "avx2,fma"
TILES_TO_12(avx512, AVX512, NAME(wide), WIDE, 1)
TILES_TO_12(avx512, AVX512, NAME(wide), WIDE, 2)
TILES_TO_6(avx2, AVX2, NAME(half), (WIDE / 2), 1)
TILES_TO_6(avx2, AVX2, NAME(half), (WIDE / 2), 2)

static void NAME(tile_scalar)(long depth, const ELEMENT *a, const ELEMENT *b, ELEMENT *c, long ldc,
                              int from_c) {
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 8; j++) {
      ELEMENT sum = from_c ? c[i * ldc + j] : 0;
      for (long k = 0; k < depth; k++) sum = SCALAR_FMA(a[k * 4 + i], b[k * 8 + j], sum);
      c[i * ldc + j] = sum;
    }
}

// The tile for so many rows and one or two vectors.
#define TO_6(P, V) NAME(P##_1x##V), NAME(P##_2x##V), NAME(P##_3x##V), NAME(P##_4x##V), \
                   NAME(P##_5x##V), NAME(P##_6x##V)
#define TO_12(P, V) TO_6(P, V), NAME(P##_7x##V), NAME(P##_8x##V), NAME(P##_9x##V), \
                    NAME(P##_10x##V), NAME(P##_11x##V), NAME(P##_12x##V)
static NAME(tile) NAME(tile_for)(int path, long rows, int vectors) {
  static const NAME(tile) avx512[2][12] = {{TO_12(tile_avx512, 1)}, {TO_12(tile_avx512, 2)}};
  static const NAME(tile) avx2[2][6] = {{TO_6(tile_avx2, 1)}, {TO_6(tile_avx2, 2)}};
  return path == 3   ? avx512[vectors - 1][rows - 1]
         : path == 2 ? avx2[vectors - 1][rows - 1]
                     : NAME(tile_scalar);
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
    for (; i + 4 <= count; i += 4) {
      // Four rows at a time, turned in squares of four.
      typedef ELEMENT four __attribute__((vector_size(4 * sizeof(ELEMENT)), aligned(sizeof(ELEMENT))));
      const ELEMENT *row = x + i * along;
      ELEMENT *to = out + i;
      long k = 0;
      for (; k + 4 <= depth; k += 4, to += 4 * lanes) {
        four a = *(const four *)(row + k), b = *(const four *)(row + along + k);
        four c = *(const four *)(row + 2 * along + k), d = *(const four *)(row + 3 * along + k);
        four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
        four cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
        four ef = __builtin_shufflevector(a, b, 2, 6, 3, 7);
        four gh = __builtin_shufflevector(c, d, 2, 6, 3, 7);
        *(four *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
        *(four *)(to + lanes) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
        *(four *)(to + 2 * lanes) = __builtin_shufflevector(ef, gh, 0, 1, 4, 5);
        *(four *)(to + 3 * lanes) = __builtin_shufflevector(ef, gh, 2, 3, 6, 7);
      }
      for (; k < depth; k++, to += lanes)
        for (int r = 0; r < 4; r++) to[r] = row[r * along + k];
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
static void NAME(edge)(NAME(tile) tile, long kc, const ELEMENT *a, const ELEMENT *b, ELEMENT *c,
                       long row_c, long col_c, long h, long w, long columns, int from_c) {
  ELEMENT edge[12 * 2 * WIDE];
  if (from_c)
    for (long r = 0; r < h; r++)
      for (long j = 0; j < w; j++) edge[r * columns + j] = c[r * row_c + j * col_c];
  tile(kc, a, b, edge, columns, from_c);
  if (col_c == 1)
    for (long r = 0; r < h; r++) memcpy(c + r * row_c, edge + r * columns, (size_t)w * sizeof(ELEMENT));
  else
    for (long j = 0; j < w; j++)
      for (long r = 0; r < h; r++) c[r * row_c + j * col_c] = edge[r * columns + j];
}

static void NAME(product)(int path, long m, long n, long depth, const ELEMENT *a, long row_a,
                          long deep_a, const ELEMENT *b, long col_b, long deep_b, ELEMENT *c,
                          long row_c, long col_c, int accumulate) {
  const long rows = path == 3 ? 12 : path == 2 ? 6 : 4;
  const long vector = path == 3 ? WIDE : path == 2 ? WIDE / 2 : 8;
  const long columns = path == 1 ? 8 : 2 * vector;
  // a block of A (MC x KC) stays in the second-level cache, a panel of B (KC x columns) in the first
  const long KC = 384, MC = 336, NC = 2048;
  const long deepest = MIN(depth, KC), tallest = (MIN(m, MC) + rows - 1) / rows * rows;
  const long broadest = (MIN(n, NC) + columns - 1) / columns * columns;
  ELEMENT *packed_a = NAME(reserve)((size_t)(deepest * (tallest + broadest)));
  if (!packed_a) {
    NAME(scratch_size) = 0;
    NAME(plain)(m, n, depth, a, row_a, deep_a, b, col_b, deep_b, c, row_c, col_c, accumulate);
    return;
  }
  ELEMENT *packed_b = packed_a + deepest * tallest;
  for (long j0 = 0; j0 < n; j0 += NC)
    for (long k0 = 0; k0 < depth; k0 += KC) {
      const long nc = MIN(n - j0, NC), kc = MIN(depth - k0, KC);
      const int from_c = accumulate || k0 > 0;
      for (long j = 0; j < nc; j += columns) {
        const long w = MIN(nc - j, columns);
        NAME(pack)(b + (j0 + j) * col_b + k0 * deep_b, col_b, deep_b, w,
                   w <= vector ? vector : columns, kc, packed_b + j * kc);
      }
      for (long i0 = 0; i0 < m; i0 += MC) {
        const long mc = MIN(m - i0, MC);
        for (long i = 0; i < mc; i += rows) {
          const long h = MIN(mc - i, rows);
          NAME(pack)(a + (i0 + i) * row_a + k0 * deep_a, row_a, deep_a, h, path == 1 ? rows : h, kc,
                     packed_a + i * kc);
        }
        for (long j = 0; j < nc; j += columns)
          for (long i = 0; i < mc; i += rows) {
            ELEMENT *out = c + (i0 + i) * row_c + (j0 + j) * col_c;
            const long h = MIN(mc - i, rows), w = MIN(nc - j, columns);
            const long broad = w <= vector ? vector : columns;
            NAME(tile) tile = NAME(tile_for)(path, h, broad == vector ? 1 : 2);
            if (w == broad && col_c == 1 && (path > 1 || h == rows))
              tile(kc, packed_a + i * kc, packed_b + j * kc, out, row_c, from_c);
            else
              NAME(edge)(tile, kc, packed_a + i * kc, packed_b + j * kc, out, row_c, col_c, h, w,
                         broad, from_c);
          }
      }
    }
}

void NAME(ck_gemm)(long m, long n, long depth, const ELEMENT *a, long lda, int transpose_a,
                   const ELEMENT *b, long ldb, int transpose_b, ELEMENT *c, long ldc,
                   int accumulate) {
  if (m <= 0 || n <= 0) return;
  const long row_a = transpose_a ? 1 : lda, deep_a = transpose_a ? lda : 1;
  const long col_b = transpose_b ? ldb : 1, deep_b = transpose_b ? 1 : ldb;
  if (depth <= 0) {
    if (!accumulate)
      for (long i = 0; i < m; i++) memset(c + i * ldc, 0, (size_t)n * sizeof(ELEMENT));
    return;
  }
  const int path = ck_gemm_path();
  // Few columns and more rows: the rows lie across the vectors instead.
  if (n <= 12 && m > n)
    NAME(product)(path, n, m, depth, b, col_b, deep_b, a, row_a, deep_a, c, 1, ldc, accumulate);
  else
    NAME(product)(path, m, n, depth, a, row_a, deep_a, b, col_b, deep_b, c, ldc, 1, accumulate);
}
