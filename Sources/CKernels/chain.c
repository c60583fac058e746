// Steps of single elements, one after the other on blocks that stay in the nearest cache: to the bit
// what the same kernels give when each step goes through all of memory.
#include "CKernels.h"

void ck_chain_f32(const ck_chain_step *steps, long count, float *const *places, long first, long n) {
  long end = first + n;
  for (long at = first; at < end; at += CK_CHAIN_BLOCK) {
    long m = end - at < CK_CHAIN_BLOCK ? end - at : CK_CHAIN_BLOCK;
    for (const ck_chain_step *s = steps; s < steps + count; s++) {
      const float *a = places[s->a] + (s->moves_a ? at : 0);
      float *y = places[s->y] + (s->moves_y ? at : 0);
      if (s->is_binary)
        ck_binary_f32(s->op, a, s->step_a, places[s->b] + (s->moves_b ? at : 0), s->step_b, y, m);
      else
        ck_unary_f32(s->op, a, y, m);
    }
  }
}
