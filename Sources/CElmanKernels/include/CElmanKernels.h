// The arithmetic of Elman: plain C functions on float pointers.
//
// Conventions
// - Matrices are row-major with a leading dimension (`ld…`, in floats) that may exceed the row's length. Sizes are in floats.
// - Nothing allocates per call except from per-thread scratch that is kept; nothing fails; nothing prints.
// - Same bits: every element of a result is computed by one fixed sequence of operations that depends on neither the number
//   of rows (but for the gradients of inputs), nor the number of threads, nor (between the levels with fused multiply-add: scalar, neon, avx2, avx512) the
//   SIMD level. `sse2` has no fused multiply-add and differs in the last bits.
// - Large calls split themselves over the pool's threads; callers never see it.
#ifndef C_ELMAN_KERNELS_H
#define C_ELMAN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// MARK: SIMD level (dispatch.c)

/// Name of the level in use: "scalar", "sse2", "neon", "avx2" or "avx512". The environment variable ELMAN_SIMD forces one.
const char *ek_simd_level(void);
/// Forces a level by name for the calling thread and the work that it hands out, for tests. Returns 0, or -1 where the
/// processor lacks it.
int ek_set_simd_level(const char *name);

// MARK: Threads (pool.c)

/// Cores that the process may use.
int ek_hardware_threads(void);
/// Threads that large calls use from now on, the caller's included (1...64). Results do not depend on it.
void ek_set_threads(int count);
int ek_threads(void);
typedef void (*ek_chunk_function)(void *context, size_t chunk);
/// Calls `body(context, chunk)` once for every chunk in 0..<chunks, on any threads, and returns when all are done.
/// Chunks are claimed from a counter and the caller works too. Runs in the caller alone where the pool is busy or nested.
void ek_parallel_for(size_t chunks, ek_chunk_function body, void *context);

// MARK: Memory (memory.c)

/// Reserves address space that costs memory only where it is touched (zero filled); NULL where even that is refused.
void *ek_reserve(size_t bytes);
void ek_release(void *address, size_t bytes);
/// Gives the pages of a range back to the system; they read as zeros afterwards.
void ek_discard(void *address, size_t bytes);
/// As above for the pages that lie in the range as a whole; the rest of it stays as it is.
void ek_discard_inside(void *address, size_t bytes);

// MARK: Matrix products (products.c, gemm_*.inc)

/// What an accumulator starts from.
enum { EK_ZERO = 0, EK_KEEP = 1, EK_BIAS = 2 };

/// c[m][n] = start + Σ_k a[m][k] b[k][n], summed in ascending k by fused multiply-add: the same bits for any `m_count`.
/// start: 0, c[m][n] or bias[n].
void ek_gemm_nn(size_t m_count, size_t n_count, size_t k_count, const float *a, size_t lda, const float *b, size_t ldb,
                float *c, size_t ldc, int start, const float *bias);
/// c[m][k] = start + Σ_n a[m][n] b[k][n]. The order of the sum is fixed and independent of `m_count`.
/// start: 0, c[m][k] or bias[k].
void ek_gemm_nt(size_t m_count, size_t k_count, size_t n_count, const float *a, size_t lda, const float *b, size_t ldb,
                float *c, size_t ldc, int start, const float *bias);
/// The same for gradients, faster where rows are many or few: from 128 rows on sums run in ascending n, below 4 rows in
/// 16 lanes where they are not short.
void ek_gemm_nt_gradient(size_t m_count, size_t k_count, size_t n_count, const float *a, size_t lda, const float *b, size_t ldb,
                         float *c, size_t ldc, int start, const float *bias);
/// c[k][n] = start + Σ_r x[r][k] d[r][n] over rows given by pointers, in ascending r (EK_ZERO or EK_KEEP).
void ek_gemm_tn(size_t k_count, size_t n_count, size_t row_count, const float *const *x, const float *const *d,
                float *c, size_t ldc, int start);
/// out[n] = start + Σ_r d[r][n] (EK_ZERO or EK_KEEP), in ascending r.
void ek_sum_rows(size_t n_count, size_t row_count, const float *const *d, float *out, int start);

// MARK: Factors of 16 bits (rounded.c, level_avx512_bf16.c)

/// From now on the products above and the linear loss, called by this thread, round both factors to bfloat16 (to the nearest, of
/// two the even one; numbers below the normal ones to 0) and sum in floats, in ascending order, by fused multiply-add. The same
/// bits for any number of rows and of threads, and on every level with fused multiply-add; but where a sum itself is below the
/// normal numbers, processors with AVX512_BF16 make it 0. Returns what `ek_end_rounded_products` takes.
const void *ek_begin_rounded_products(void);
void ek_end_rounded_products(const void *before);
/// 1 where the processor has an instruction for it; elsewhere such products are slower than those of floats.
int ek_has_fast_rounded_products(void);

// MARK: Weights of fewer bits (weights.c)

enum { EK_BFLOAT16 = 1, EK_BFLOAT16_TURNED = 2, EK_INT8 = 3 };
/// Weights b of a product with k_count rows and n_count columns.
/// EK_BFLOAT16: uint16_t [k_count][stride]. EK_BFLOAT16_TURNED: uint16_t [n_count][stride], a product of the kind nt.
/// EK_INT8: int8_t [k_count / 4 upwards][stride][4], so that four of a column lie together, zeros beyond k_count and n_count; b is
/// scales[n] times that. `scales` and `sums`, 128 times the sum of a column, have `stride` elements.
/// The stride is a multiple of 16.
typedef struct {
    int type;
    const void *values;
    size_t stride;
    const float *scales;
    const int32_t *sums;
} ek_weights;

/// Rounds values to bfloat16, to the nearest, of two the even one; and back.
void ek_round_to_bfloat16(size_t n, const float *values, uint16_t *half);
void ek_widen_bfloat16(size_t n, const uint16_t *half, float *values);
/// Weights w[n n_stride + k k_stride] as those of EK_INT8 with stride `ldb`: scales[n] is the largest magnitude of column n divided by
/// 127, a column of which something is not finite has a scale of NaN.
void ek_quantize(size_t n_count, size_t k_count, const float *w, size_t n_stride, size_t k_stride, int8_t *bytes, size_t ldb,
                 float *scales, int32_t *sums);
/// Column n of weights of EK_INT8 as w[k k_stride], where `bytes` points to its first one.
void ek_dequantize(size_t k_count, const int8_t *bytes, size_t ldb, float scale, size_t k_stride, float *w);
/// As `ek_gemm_nn`, or `ek_gemm_nt` for EK_BFLOAT16_TURNED, with the same bits as for the weights widened; for EK_INT8 each row
/// of a is rounded to 127 steps of its largest magnitude either way, sums are exact, and c = start + sum (scale of the row times
/// scales[n]), by one fused multiply-add. A row's bits do not depend on the number of rows.
void ek_gemm_weights(size_t m_count, size_t n_count, size_t k_count, const float *a, size_t lda, const ek_weights *weights,
                     float *c, size_t ldc, int start, const float *bias);

// MARK: Elementwise (elementwise.inc). exp and sigmoid give 0 for results below the smallest normal number.

void ek_exp(size_t n, const float *x, float *y);
void ek_log(size_t n, const float *x, float *y);
void ek_tanh(size_t n, const float *x, float *y);
void ek_sigmoid(size_t n, const float *x, float *y);
void ek_add(size_t n, const float *a, const float *b, float *y);       // y = a + b
void ek_multiply(size_t n, const float *a, const float *b, float *y);  // y = a b
void ek_accumulate(size_t n, const float *x, float *y);                // y += x
void ek_scale_accumulate(size_t n, float s, const float *x, float *y); // y += s x
void ek_multiply_accumulate(size_t n, const float *a, const float *b, float *y);  // y += a b
/// dx += dy (1 - y²) and dx += dy y (1 - y): derivatives by the result.
void ek_tanh_gradient(size_t n, const float *y, const float *dy, float *dx);
void ek_sigmoid_gradient(size_t n, const float *y, const float *dy, float *dx);
/// Sum of x, of x², and of a b, in double, in a fixed order.
double ek_sum(size_t n, const float *x);
double ek_sum_squares(size_t n, const float *x);
float ek_dot(size_t n, const float *a, const float *b);
/// 1 where every element is finite.
int ek_all_finite(size_t n, const float *x);

// MARK: Random numbers (random.c): counter based (Philox 4x32-10), element i depends on (seed, stream, i) alone,
// and has the same bits on every level

void ek_random_uniform(uint64_t seed, uint64_t stream, size_t n, float *out);  // [0, 1), 24 bits
void ek_random_normal(uint64_t seed, uint64_t stream, size_t n, float *out);   // mean 0, deviation 1 (Box-Muller)
/// 1 / keep with probability keep, else 0.
void ek_dropout_mask(uint64_t seed, uint64_t stream, size_t n, float keep, float *out);

// MARK: Cells (cells.inc): gate blocks lie side by side in a row of `gates`

/// LSTM. gates[m] = pre-activations i, f, g, o (4H) in, activations out. c = σ(f + forget_bias) c_prev + σ(i) tanh(g);
/// h = σ(o) tanh(c).
void ek_lstm_forward(size_t m_count, size_t h_count, float forget_bias, float *gates, size_t gates_stride,
                     const float *c_prev, size_t c_prev_stride, float *h, size_t h_stride, float *c, size_t c_stride);
/// gates: activations in, gradients of the pre-activations out; dc_prev += … where it is not NULL.
void ek_lstm_backward(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *c_prev,
                      size_t c_prev_stride, const float *c, size_t c_stride, const float *dh, size_t dh_stride,
                      const float *dc, size_t dc_stride, float *dc_prev, size_t dc_prev_stride);

/// GRU whose reset follows the product (cuDNN). gates[m] = pre-activations r, z, the recurrent product u of the candidate
/// with its bias, and the candidate's input's part p (4H) in. n = tanh(p + σ(r) u); h = (1 - σ(z)) n + σ(z) h_prev.
void ek_gru_after_forward(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                          size_t h_prev_stride, float *h, size_t h_stride);
/// gates: as the forward call left them in, gradients of what came into that call out; dh_prev += what reaches h_prev
/// directly, where it is not NULL.
void ek_gru_after_backward(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                           size_t h_prev_stride, const float *dh, size_t dh_stride, float *dh_prev, size_t dh_prev_stride);
/// GRU whose reset comes before the product (Cho et al. 2014), in two halves with a product between them.
/// gates[m] = pre-activations r, z (of 3H) in, activations out; reset = σ(r) h_prev.
void ek_gru_before_gates(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                         size_t h_prev_stride, float *reset, size_t reset_stride);
/// gates[m] = σ(r), σ(z) and the pre-activation of the candidate in, n out: h = (1 - σ(z)) h_prev + σ(z) n, n = tanh.
void ek_gru_before_forward(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                           size_t h_prev_stride, float *h, size_t h_stride);
/// gates: σ(z) and n in, gradients of their pre-activations out; dh_prev += what reaches h_prev directly.
void ek_gru_before_backward(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                            size_t h_prev_stride, const float *dh, size_t dh_stride, float *dh_prev, size_t dh_prev_stride);
/// gates: σ(r) in, the gradient of its pre-activation out; dh_prev += what reaches it through σ(r) h_prev.
void ek_gru_before_backward_reset(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                                  size_t h_prev_stride, const float *d_reset, size_t d_reset_stride, float *dh_prev,
                                  size_t dh_prev_stride);

/// Memories that are matrices (matrix LSTM, delta rule): one head of one row, key_count rows of value_count numbers.
typedef struct {
    size_t key_count, value_count;
    float old;
    const float *shares, *values, *query, *from;
    float *to, *read;
} ek_memory;
typedef struct {
    const float *d_to, *d_read;
    float *d_from, *d_values, *d_shares, *d_query;
} ek_memory_gradient;

/// to[k] = old from[k] + shares[k] values; read = Σ_k query[k] to[k].
void ek_memory_write(const ek_memory *memory);
/// d_to: the gradient of `to` but for what comes through `read`; d_from is added to, the others are set. Returns that of `old`.
float ek_memory_write_backward(const ek_memory *memory, const ek_memory_gradient *gradient);
/// read = Σ_k weights[k] from[k].
void ek_memory_read(size_t key_count, size_t value_count, const float *weights, const float *from, float *read);
/// d_weights and d_from are added to.
void ek_memory_read_backward(size_t key_count, size_t value_count, const float *weights, const float *from,
                             const float *d_read, float *d_weights, float *d_from);

// MARK: Softmax (softmax.inc)

/// Row-wise y = softmax(x) and y = log softmax(x).
void ek_softmax(size_t m_count, size_t n_count, const float *x, size_t x_stride, float *y, size_t y_stride);
void ek_log_softmax(size_t m_count, size_t n_count, const float *x, size_t x_stride, float *y, size_t y_stride);
/// log Σ exp of each row.
void ek_log_sum_exp(size_t m_count, size_t n_count, const float *x, size_t x_stride, float *out);

/// A linear layer, log softmax and the pick of one class, in one pass over columns of the vocabulary:
/// loss[m] = log Σ_n exp(z[m][n]) - z[m][targets[m]], z = x w + bias.
/// A negative target skips the row: loss 0, its inputs are never read. The logits are the business of the two functions
/// alone: skipped rows are left out of them, so that row m of `logits` need not be row m of x.
typedef struct {
    size_t m_count, k_count, n_count;
    const float *x;      // m_count rows of k_count
    size_t x_stride;
    const float *w;      // [k_count][ldw], or where `transposed` [n_count][ldw]
    size_t ldw;
    int transposed;
    const float *bias;   // n_count, or NULL
    const int32_t *targets;
    float *logits;       // m_count rows of `logits_stride` to keep z in for the backward pass, or NULL (z is computed twice)
    size_t logits_stride;
    float *log_sums;     // m_count, written by forward and read by backward
} ek_linear_loss;

void ek_linear_loss_forward(const ek_linear_loss *call, float *losses);
/// d_losses[m] is the gradient of each loss. dx (stride dx_stride) is accumulated into; dw (as w) and d_bias start from
/// `start` (EK_ZERO or EK_KEEP). Each of the three may be NULL. Overwrites the logits.
void ek_linear_loss_backward(const ek_linear_loss *call, const float *d_losses, float *dx, size_t dx_stride, float *dw,
                             float *d_bias, int start);

// MARK: Trainers (trainers.inc): one pass over n values; g is multiplied by `scale` (clipping) when read

void ek_sgd(size_t n, float *p, const float *g, float scale, float rate);
void ek_momentum(size_t n, float *p, const float *g, float *v, float scale, float rate, float momentum);
/// p -= rate g / √(a + ε), a += g² first.
void ek_adagrad(size_t n, float *p, const float *g, float *a, float scale, float rate, float epsilon);
void ek_adadelta(size_t n, float *p, const float *g, float *a, float *d, float scale, float rate, float epsilon, float rho);
void ek_rmsprop(size_t n, float *p, const float *g, float *a, float scale, float rate, float epsilon, float rho);
/// p = p (1 - decay) - rate m / (√v + ε); v is replaced by its running maximum `v_max` where that is not NULL.
/// `rate` and `epsilon` come with the bias correction already in them.
void ek_adam(size_t n, float *p, const float *g, float *m, float *v, float *v_max, float scale, float rate, float beta1,
             float beta2, float epsilon, float decay);

#endif
