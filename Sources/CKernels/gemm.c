// Matrix products with one rule: every element is a chain of fused multiply-adds over ascending k.
// Vector lanes lie over columns and rows over registers, never over k, and blocks of k go on from
// the partial result, so blocking, vector width and thread count leave no trace in the bits.
#include "CKernels.h"
#include "clones.h"
#include "turn.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))

static int forced_path = 0;
void ck_gemm_force_path(int path) { forced_path = path; }
int ck_gemm_path(void) {
  if (forced_path) return forced_path;
  static int found = 0;
  if (!found)
    found = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") ? 3
            : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")        ? 2
                                                                                     : 1;
  return found;
}

#define ELEMENT float
#define NAME(x) x##_f32
#define SCALAR_FMA __builtin_fmaf
#define WIDE 16
#include "gemm_blocks.h"
#undef ELEMENT
#undef NAME
#undef SCALAR_FMA
#undef WIDE

#define ELEMENT double
#define NAME(x) x##_f64
#define SCALAR_FMA fma
#define WIDE 8
#include "gemm_blocks.h"
