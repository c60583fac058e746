#pragma once
// One source, three machine codes: the loader picks the widest the processor has. Contraction is
// off and every fused step is written as fma, so all three give the same bits.
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define INLINE static inline __attribute__((always_inline))
