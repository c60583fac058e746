// Numeric kernels whose bits depend on neither the machine's vector width nor the thread count.
// Every kernel works on plain row-major arrays; sizes are element counts.
#pragma once
#include <stdint.h>

// --- recording (recording.c) ---------------------------------------------------------------------
// What notes the tensor operations of this thread, or null.
void *ck_recording(void);
void ck_set_recording(void *object);
// Where the tensors of this thread find memory that is free again, or null.
void *ck_pool(void);
void ck_set_pool(void *object);
// Bytes that tensors of this thread took (or, below 0, gave back), and the most of them at one time.
void ck_bytes_moved(long count);
long ck_bytes_held(void);
long ck_bytes_most(void);
void ck_set_bytes_most(long count);
// Who may ask the long operations of this thread to stop; null for nobody.
void *ck_stop(void);
// Runs run(with, 0) to run(with, count - 1) in any order on this thread and up to threads - 1 helpers;
// 0, without having run anything, while another thread has the helpers.
typedef void (*ck_part)(void *with, long part);
int ck_run_parts(long count, int threads, ck_part run, void *with);
void ck_set_stop(void *object);

// Gives freed memory back to the system (memory.c).
void ck_return_freed(void);

// --- matrix product (gemm.c) ---------------------------------------------------------------------
// c[i][j] = fma(a[i][k], b[k][j], c[i][j]) for k ascending, starting from 0, or from c if
// `accumulate` is set. a is M x K (K x M in memory if `transpose_a`), b is K x N likewise.
void ck_gemm_f32(long m, long n, long k, const float *a, long lda, int transpose_a, const float *b,
                 long ldb, int transpose_b, float *c, long ldc, int accumulate);
void ck_gemm_f64(long m, long n, long k, const double *a, long lda, int transpose_a,
                 const double *b, long ldb, int transpose_b, double *c, long ldc, int accumulate);
// The same with `bias` [n] added to every row at the end.
void ck_gemm_bias_f32(long m, long n, long k, const float *a, long lda, int transpose_a,
                      const float *b, long ldb, int transpose_b, float *c, long ldc, int accumulate,
                      const float *bias);
void ck_gemm_bias_f64(long m, long n, long k, const double *a, long lda, int transpose_a,
                      const double *b, long ldb, int transpose_b, double *c, long ldc,
                      int accumulate, const double *bias);
// A right operand laid out once, for many products with it on the path that is returned; `ready` has
// place for n columns, rounded up to 32.
int ck_gemm_make_ready_f32(long n, long k, const float *b, long ldb, int transpose_b, float *ready);
void ck_gemm_with_ready_f32(int path, long m, long n, long k, const float *a, long lda,
                            const float *ready, float *c, long ldc, int accumulate);
int ck_gemm_make_ready_f64(long n, long k, const double *b, long ldb, int transpose_b,
                           double *ready);
void ck_gemm_with_ready_f64(int path, long m, long n, long k, const double *a, long lda,
                            const double *ready, double *c, long ldc, int accumulate);
// 0: what the processor offers, 1: scalar, 2: AVX2, 3: AVX-512. For tests of bit identity.
void ck_gemm_force_path(int path);
int ck_gemm_path(void);

// --- elementwise (elementwise.c) -----------------------------------------------------------------
enum ck_unary {
  CK_NEGATE, CK_EXP, CK_LOG, CK_LOG1P, CK_EXPM1, CK_SQRT, CK_RSQRT, CK_SQUARE, CK_ABS, CK_SIGN,
  CK_ROUND, CK_FLOOR, CK_CEIL, CK_SIN, CK_COS, CK_TANH, CK_SIGMOID, CK_RELU, CK_GELU, CK_SILU,
  CK_SOFTPLUS, CK_ERF, CK_RECIPROCAL
};
void ck_unary_f32(int op, const float *x, float *y, long n);
void ck_unary_f64(int op, const double *x, double *y, long n);

// --- special functions (special.c), computed in double precision -----------------------------------
enum ck_special {
  CK_TAN = 100, CK_ASIN, CK_ACOS, CK_ATAN, CK_SINH, CK_COSH, CK_ASINH, CK_ACOSH, CK_ATANH, CK_LOG2,
  CK_LOG10, CK_EXP2, CK_ERFC, CK_ERFINV, CK_LGAMMA, CK_DIGAMMA, CK_TRUNC, CK_BESSEL_I0, CK_BESSEL_I1
};
void ck_special_f32(int op, const float *x, float *y, long n);
void ck_special_f64(int op, const double *x, double *y, long n);
enum ck_special2 {
  CK_ATAN2 = 100, CK_FMOD, CK_COPYSIGN, CK_NEXT_AFTER, CK_HYPOT, CK_IGAMMA, CK_IGAMMAC, CK_POLYGAMMA
};
void ck_special2_f32(int op, const float *a, long step_a, const float *b, long step_b, float *y, long n);
void ck_special2_f64(int op, const double *a, long step_a, const double *b, long step_b, double *y,
                     long n);

enum ck_binary {
  CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_FLOOR_DIVIDE, CK_REMAINDER, CK_POWER, CK_MINIMUM,
  CK_MAXIMUM
};
// step_a, step_b are 0 (one value for the whole run) or 1.
void ck_binary_f32(int op, const float *a, long step_a, const float *b, long step_b, float *y, long n);

// A step of a chain: operands and result by their places, which move along with the block or not.
typedef struct {
  int op, is_binary;
  int a, b, y;
  int moves_a, moves_b, moves_y;
  int step_a, step_b;
} ck_chain_step;
#define CK_CHAIN_BLOCK 1024
void ck_chain_f32(const ck_chain_step *steps, long count, float *const *places, long first, long n);
void ck_binary_f64(int op, const double *a, long step_a, const double *b, long step_b, double *y,
                   long n);
enum ck_compare { CK_EQUAL, CK_NOT_EQUAL, CK_LESS, CK_LESS_EQUAL, CK_GREATER, CK_GREATER_EQUAL };
void ck_compare_f32(int op, const float *a, long step_a, const float *b, long step_b, uint8_t *y,
                    long n);
void ck_compare_f64(int op, const double *a, long step_a, const double *b, long step_b, uint8_t *y,
                    long n);
// y += alpha * x
void ck_axpy_f32(float alpha, const float *x, float *y, long n);
void ck_axpy_f64(double alpha, const double *x, double *y, long n);

double ck_power(double x, double y);

// --- reductions (reductions.c): double accumulators in 16 lanes, fixed tree -----------------------
enum ck_reduce { CK_SUM, CK_MEAN, CK_MAX, CK_MIN, CK_PROD };
// x is [outer, length, inner]; y is [outer, inner].
void ck_reduce_f32(int op, const float *x, float *y, long outer, long length, long inner);
void ck_reduce_f64(int op, const double *x, double *y, long outer, long length, long inner);
// For each block of 4096 elements the sum of their squares.
void ck_sums_of_squares_f32(const float *x, long n, double *sums);
// The sum (or mean) over `outer` and `inner` of x [outer, channels, inner] for channels from `first` up
// to `last`.
void ck_reduce_channels_f32(int op, const float *x, float *y, long outer, long channels, long inner,
                            long first, long last);
// Row-wise softmax (or its logarithm) of x [rows, n].
void ck_softmax_f32(const float *x, float *y, long rows, long n, int logarithm);
void ck_softmax_f64(const double *x, double *y, long rows, long n, int logarithm);

// --- several steps in one pass (fused.c) ----------------------------------------------------------
// g times the slope of a ck_unary function at x, where its value is y.
void ck_unary_gradient_f32(int op, const float *x, const float *y, const float *g, float *d, long n);
// Uniform numbers become `scale` from p on, else 0.
void ck_keep_f32(float *x, long n, float p, float scale);
// Rows of n; notes [rows, 2]: mean and 1 / root. The slopes of weight and bias go to sums [2, n].
void ck_layer_norm_f32(const float *x, const float *weight, const float *bias, long rows, long n,
                       double eps, float *y, float *notes);
void ck_layer_norm_gradient_f32(const float *g, const float *x, const float *weight,
                                const float *notes, long rows, long n, float *dx, float *sums);
// Channels from `first` up to `last` of [images, channels, size] (batch_norm.c); notes [2, channels]:
// mean and 1 / root, statistics [2, channels]: mean and sum of squared distances, sums [2, channels]:
// slopes of weight and bias. Then `other` is added where it is given, and relu taken if asked for.
void ck_batch_norm_f32(const float *x, const float *weight, const float *bias, const float *other,
                       int relu, long images, long channels, long size, long first, long last,
                       double eps, float *y, float *notes, float *statistics);
// From above comes g, or (with `after`, relu's result) g plus `other`, if given, where `after` is above
// zero, which `kept` notes, if given.
void ck_batch_norm_gradient_f32(const float *g, const float *other, const float *after,
                                const float *x, const float *weight, const float *notes, long images,
                                long channels, long size, long first, long last, float *kept,
                                float *dx, float *sums);
// -log softmax(x) at the labels, row by row, and the logarithm of each row's sum of exp(x).
void ck_cross_entropy_f32(const float *x, const int64_t *labels, long rows, long n, double *logs,
                          double *losses);
void ck_cross_entropy_gradient_f32(const float *x, const int64_t *labels, const double *logs,
                                   float scale, long rows, long n, float *d);
double ck_sum_f64(const double *x, long n);
// Of n > 0 numbers the sum, and where the first least and the first greatest one are; 0 when one of
// them, or the sum, is not finite.
int ck_extremes_f64(const double *x, long n, double *sum, long *least, long *greatest);
// Rows of scores become softmax(scale * score); causal: row r sees first + r + 1 of the keys.
void ck_attend_f32(float *scores, long rows, long keys, long stride, long first, int causal,
                   float scale, float *logs);
void ck_attend_again_f32(float *scores, long rows, long keys, long stride, long first, int causal,
                         float scale, const float *logs);
void ck_attend_gradient_f32(const float *shares, float *slopes, long rows, long keys, long stride,
                            float scale);
// Steps of recurrent cells on rows of `size`, in PyTorch's order of gates.
void ck_lstm_f32(float *gates, const float *input, const float *bias, const float *old, long rows,
                 long size, float *h, float *c, float *root);
void ck_lstm_gradient_f32(const float *gates, const float *old, const float *root, const float *dh,
                          float *dc, long rows, long size, float *slopes);
void ck_gru_f32(float *sums, const float *input, const float *bias, const float *old, long rows,
                long size, float *gates, float *h);
void ck_gru_gradient_f32(const float *gates, const float *sums, const float *old, const float *dh,
                         long rows, long size, float *input, float *hidden, float *direct);

// --- convolution (convolution.c) -----------------------------------------------------------------
typedef struct {
  long channels, height, width;             // of one image group
  long kernel_height, kernel_width;
  long stride_height, stride_width;
  long pad_top, pad_left;
  long dilation_height, dilation_width;
  long out_height, out_width;
} ck_window;
// image [channels, height, width] -> columns [channels*kh*kw, out_height*out_width]
void ck_im2col_f32(const ck_window *w, const float *image, float *columns);
void ck_im2col_f64(const ck_window *w, const double *image, double *columns);
// adds columns back into image, in column order
void ck_col2im_f32(const ck_window *w, const float *columns, float *image);
void ck_col2im_f64(const ck_window *w, const double *columns, double *image);
// The three products of a convolution without columns (direct.c), over some images of `groups` groups
// of channels each with `outputs` of the results. Scratch is counted in elements.
int ck_conv_is_direct(const ck_window *w, long outputs);
long ck_conv_forward_scratch(const ck_window *w);
void ck_conv_forward_f32(const ck_window *w, long images, long groups, long outputs, const float *x,
                         const float *weights, float *y, float *scratch);
long ck_conv_to_input_scratch(const ck_window *w, long outputs);
void ck_conv_to_input_f32(const ck_window *w, long images, long groups, long outputs,
                          const float *up, const float *weights, float *dx, float *scratch);
long ck_conv_to_weights_scratch(const ck_window *w, long groups, long outputs);
void ck_conv_to_weights_f32(const ck_window *w, long images, long groups, long outputs,
                            const float *up, const float *x, float *dw, float *scratch);
// The largest element under each window of planes from `first` up to `last` of w->channels, without
// padding or dilation, and its flat position.
void ck_max_pool_f32(const ck_window *w, long first, long last, const float *x, float *y, int64_t *at);
void ck_max_pool_f64(const ck_window *w, long first, long last, const double *x, double *y,
                     int64_t *at);

// --- random (random.c): Philox4x32-10, Salmon et al. 2011 ----------------------------------------
void ck_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
// Uniform in [0, 1) with 24 bits each; element i comes from counter block first + i / 4.
void ck_uniform_f32(uint64_t key, uint64_t stream, uint64_t first, float *y, long n);
// Box-Muller pairs; element i comes from counter block first + i / 2.
void ck_normal_f32(uint64_t key, uint64_t stream, uint64_t first, float *y, long n);

// --- optimizer steps (optimizers.c): from old weights and memory (null: none yet) to new ones -----
// by gradients times `scale`. The new may take the place of the old.
void ck_sgd_f32(const float *w, const float *g, const float *momentum, long n, float scale, float lr,
                float mu, float decay, float *new_w, float *new_momentum);
void ck_adam_f32(const float *w, const float *g, const float *m, const float *v, long n, float scale,
                 float lr, float beta1, float beta2, float epsilon, float decay, int decoupled,
                 float correction1, float correction2, float *new_w, float *new_m, float *new_v);

// Floats of sixteen bits: exact into f32, to the nearest (ties to even) back.
void ck_f32_from_f16(const uint16_t *x, float *y, long n);
void ck_f16_from_f32(const float *x, uint16_t *y, long n);
void ck_f32_from_bf16(const uint16_t *x, float *y, long n);
void ck_bf16_from_f32(const float *x, uint16_t *y, long n);
void ck_f16_from_f64(const double *x, uint16_t *y, long n);
void ck_bf16_from_f64(const double *x, uint16_t *y, long n);
