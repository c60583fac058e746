// Convolutions whose channels do not mix (depthwise.c), for direct.c.
#pragma once
#include "CKernels.h"

// One plane of results: weights [depth] times the windows at `offset`, each read sixteen wide.
void ck_plane_windows(long depth, const float *weights, const int32_t *offset, const float *places,
                      long pitch, long height, long width, float *out, long out_pitch);
// Slopes of the weights where every group has one channel and one result.
long ck_depthwise_scratch(const ck_window *w);
void ck_depthwise_to_weights(const ck_window *w, long images, long groups, const float *up,
                             const float *x, float *dw, float *scratch);
