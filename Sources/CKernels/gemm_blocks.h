// The product for one element type. Included by gemm.c with ELEMENT, NAME, SCALAR_FMA and WIDE (the
// elements of a 512-bit vector) defined.

typedef ELEMENT NAME(wide) __attribute__((vector_size(64), aligned(sizeof(ELEMENT))));
typedef ELEMENT NAME(half) __attribute__((vector_size(32), aligned(sizeof(ELEMENT))));

// A tile of ROWS x (2 vectors): a is packed [k][ROWS], b is packed [k][2 vectors], c has stride ldc.
#define TILE(SUFFIX, TARGET, VECTOR, LANES, ROWS)                                             \
  __attribute__((target(TARGET))) static void NAME(tile_##SUFFIX)(                            \
      long depth, const ELEMENT *a, const ELEMENT *b, ELEMENT *c, long ldc, int from_c) {     \
    VECTOR acc[ROWS][2];                                                                      \
    for (int i = 0; i < ROWS; i++)                                                            \
      for (int v = 0; v < 2; v++)                                                             \
        acc[i][v] = from_c ? *(const VECTOR *)(c + i * ldc + v * LANES) : (VECTOR){0};        \
    for (long k = 0; k < depth; k++, a += ROWS, b += 2 * LANES) {                             \
      VECTOR b0 = *(const VECTOR *)b, b1 = *(const VECTOR *)(b + LANES);                      \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                     \
        VECTOR x = (VECTOR){0} + a[i];                                                        \
        acc[i][0] = __builtin_elementwise_fma(x, b0, acc[i][0]);                              \
        acc[i][1] = __builtin_elementwise_fma(x, b1, acc[i][1]);                              \
      }                                                                                       \
    }                                                                                         \
    for (int i = 0; i < ROWS; i++)                                                            \
      for (int v = 0; v < 2; v++) *(VECTOR *)(c + i * ldc + v * LANES) = acc[i][v];           \
  }
TILE(avx512, "avx512f,avx512vl,fma", NAME(wide), WIDE, 12)
TILE(avx2, "avx2,fma", NAME(half), (WIDE / 2), 6)
#undef TILE

static void NAME(tile_scalar)(long depth, const ELEMENT *a, const ELEMENT *b, ELEMENT *c, long ldc,
                              int from_c) {
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 8; j++) {
      ELEMENT sum = from_c ? c[i * ldc + j] : 0;
      for (long k = 0; k < depth; k++) sum = SCALAR_FMA(a[k * 4 + i], b[k * 8 + j], sum);
      c[i * ldc + j] = sum;
    }
}

// out[k][lanes]: `count` vectors of the matrix side by side, filled up with zeros. `along` is the
// distance between neighbours inside a vector, `deep` the distance from k to k + 1.
CLONES static void NAME(pack)(const ELEMENT *x, long along, long deep, long count, long lanes,
                              long depth, ELEMENT *restrict out) {
  if (along == 1)
    for (long k = 0; k < depth; k++, out += lanes) {
      for (long i = 0; i < count; i++) out[i] = x[k * deep + i];
      for (long i = count; i < lanes; i++) out[i] = 0;
    }
  else {
    for (long i = 0; i < count; i++)
      for (long k = 0; k < depth; k++) out[k * lanes + i] = x[i * along + k * deep];
    for (long i = count; i < lanes; i++)
      for (long k = 0; k < depth; k++) out[k * lanes + i] = 0;
  }
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
                        const ELEMENT *b, long col_b, long deep_b, ELEMENT *c, long ldc,
                        int accumulate) {
  for (long i = 0; i < m; i++)
    for (long j = 0; j < n; j++) {
      ELEMENT sum = accumulate ? c[i * ldc + j] : 0;
      for (long k = 0; k < depth; k++)
        sum = SCALAR_FMA(a[i * row_a + k * deep_a], b[j * col_b + k * deep_b], sum);
      c[i * ldc + j] = sum;
    }
}

void NAME(ck_gemm)(long m, long n, long depth, const ELEMENT *a, long lda, int transpose_a,
                   const ELEMENT *b, long ldb, int transpose_b, ELEMENT *c, long ldc,
                   int accumulate) {
  if (m <= 0 || n <= 0) return;
  const long row_a = transpose_a ? 1 : lda, deep_a = transpose_a ? lda : 1;
  const long col_b = transpose_b ? ldb : 1, deep_b = transpose_b ? 1 : ldb;
  const int path = ck_gemm_path();
  const long rows = path == 3 ? 12 : path == 2 ? 6 : 4;
  const long columns = path == 3 ? 2 * WIDE : path == 2 ? WIDE : 8;
  void (*tile)(long, const ELEMENT *, const ELEMENT *, ELEMENT *, long, int) =
      path == 3 ? NAME(tile_avx512) : path == 2 ? NAME(tile_avx2) : NAME(tile_scalar);
  if (depth <= 0) {
    if (!accumulate)
      for (long i = 0; i < m; i++) memset(c + i * ldc, 0, (size_t)n * sizeof(ELEMENT));
    return;
  }
  // a block of A (MC x KC) stays in the second-level cache, a panel of B (KC x columns) in the first
  const long KC = 384, MC = 336, NC = 2048;
  const long deepest = MIN(depth, KC), tallest = (MIN(m, MC) + rows - 1) / rows * rows;
  const long broadest = (MIN(n, NC) + columns - 1) / columns * columns;
  ELEMENT *packed_a = NAME(reserve)((size_t)(deepest * (tallest + broadest)));
  if (!packed_a) {
    NAME(scratch_size) = 0;
    NAME(plain)(m, n, depth, a, row_a, deep_a, b, col_b, deep_b, c, ldc, accumulate);
    return;
  }
  ELEMENT *packed_b = packed_a + deepest * tallest;
  ELEMENT edge[12 * 2 * WIDE];
  for (long j0 = 0; j0 < n; j0 += NC)
    for (long k0 = 0; k0 < depth; k0 += KC) {
      const long nc = MIN(n - j0, NC), kc = MIN(depth - k0, KC);
      const int from_c = accumulate || k0 > 0;
      for (long j = 0; j < nc; j += columns)
        NAME(pack)(b + (j0 + j) * col_b + k0 * deep_b, col_b, deep_b, MIN(nc - j, columns), columns,
                   kc, packed_b + j * kc);
      for (long i0 = 0; i0 < m; i0 += MC) {
        const long mc = MIN(m - i0, MC);
        for (long i = 0; i < mc; i += rows)
          NAME(pack)(a + (i0 + i) * row_a + k0 * deep_a, row_a, deep_a, MIN(mc - i, rows), rows, kc,
                     packed_a + i * kc);
        for (long j = 0; j < nc; j += columns)
          for (long i = 0; i < mc; i += rows) {
            ELEMENT *out = c + (i0 + i) * ldc + j0 + j;
            const long h = MIN(mc - i, rows), w = MIN(nc - j, columns);
            if (h == rows && w == columns) {
              tile(kc, packed_a + i * kc, packed_b + j * kc, out, ldc, from_c);
              continue;
            }
            if (from_c)
              for (long r = 0; r < h; r++)
                memcpy(edge + r * columns, out + r * ldc, (size_t)w * sizeof(ELEMENT));
            tile(kc, packed_a + i * kc, packed_b + j * kc, edge, columns, from_c);
            for (long r = 0; r < h; r++)
              memcpy(out + r * ldc, edge + r * columns, (size_t)w * sizeof(ELEMENT));
          }
      }
    }
}
