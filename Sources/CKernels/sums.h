// Sums in 16 lanes and a fixed tree: the same bits at any vector width. Included by C files.
#pragma once
#include "clones.h"

#define LANES 16

INLINE double fold(double *lane) {
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) lane[l] += lane[l + width];
  return lane[0];
}
INLINE double fold32(const float *part) {
  double lane[LANES];
  for (int l = 0; l < LANES; l++) lane[l] = (double)part[l];
  return fold(lane);
}

// Sums `expression` over i in 0..<n: lane l takes every 16th.
#define SUM(total, n, expression)                                                             \
  {                                                                                           \
    double lane[LANES] = {0};                                                                 \
    long at = 0;                                                                              \
    for (; at + LANES <= (n); at += LANES)                                                    \
      for (int l = 0; l < LANES; l++) { long i = at + l; lane[l] += (expression); }           \
    for (int l = 0; at + l < (n); l++) { long i = at + l; lane[l] += (expression); }          \
    total = fold(lane);                                                                       \
  }

// The same over blocks of 1024 in single precision, which are added up in double precision: for sums
// that only scale what is single anyway.
#define BLOCK 1024
#define SUM32(total, n, expression)                                                           \
  {                                                                                           \
    total = 0;                                                                                \
    for (long first = 0; first < (n); first += BLOCK) {                                       \
      long end = first + BLOCK < (n) ? first + BLOCK : (n), at = first;                       \
      float some[LANES] = {0};                                                                \
      for (; at + LANES <= end; at += LANES)                                                  \
        for (int l = 0; l < LANES; l++) { long i = at + l; some[l] += (expression); }         \
      for (int l = 0; at + l < end; l++) { long i = at + l; some[l] += (expression); }        \
      total += fold32(some);                                                                  \
    }                                                                                         \
  }
