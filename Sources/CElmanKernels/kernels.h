// What the C files share: the table of kernels that each SIMD level fills, and scratch memory.
//
// The functions in the table run in the calling thread and never split. The exported functions in products.c,
// elementwise.c, softmax.c … split the work and call these.
#ifndef EK_KERNELS_H
#define EK_KERNELS_H

#include "CElmanKernels.h"

/// Columns of logits whose maximum and sum of exponentials are taken together: fixed, since sums combine per chunk.
enum { EK_LOSS_CHUNK = 256 };
/// Columns that one partial sum of `ek_gemm_nt` spans: fixed, since the order of the sum follows from it.
enum { EK_NT_BLOCK = 768 };
/// Products of so many rows, and sums of outer products over so many, are blocked, with packed factors. The gradient of inputs
/// is summed in another order from EK_BLOCKED_ROWS on.
enum { EK_BLOCKED_ROWS = 128, EK_OUTER_ROWS = 32 };
/// In the gradient of inputs, fewer rows than this are too little work for turning b, unless sums are shorter than EK_SHORT_DOT.
enum { EK_DOT_ROWS = 4, EK_SHORT_DOT = 32 };
/// `ek_gemm_nt` sums in ascending order where the sum is this short, by 16 interleaved lanes where it is longer.
enum { EK_NT_SEQUENTIAL = 128 };

typedef struct {
    size_t m_count, n_count, k_count;
    const float *a;
    size_t lda;
    const float *b;
    size_t ldb;
    float *c;
    size_t ldc;
    int start;
    const float *bias;
} ek_product;

/// The right factor of a blocked product: element (k, n) is rows[k][first + n] or, without `rows`, at[k * stride + first + n];
/// where `transposed`, it is at[(first + n) * stride + k]. `pair_limit` belongs to products of pairs alone: how many k there are.
typedef struct {
    const float *at;
    size_t stride;
    const float *const *rows;
    size_t first;
    int transposed;
    size_t pair_limit;
} ek_factor;

typedef struct {
    size_t m_count, n_count, k_count;
    const float *a;
    size_t lda;
    ek_factor b;
    float *c;
    size_t ldc;
    int start;
    const float *bias;
    /// Called, unless NULL, when some rows of c are complete and still in the second-level cache, where n_count is at most
    /// EK_LOSS_CHUNK.
    void (*rows_done)(void *context, size_t first_row, size_t row_count);
    void *context;
} ek_blocked;

/// Sums of products of bytes, four of them in each number of a and b: c[m][n] = Σ_q Σ_j a[m][q]_j b[q][n]_j. Rows of b and c are
/// padded to multiples of 16.
typedef struct {
    size_t m_count, n_count, quad_count;
    const int32_t *a;
    size_t lda;
    const int32_t *b;
    size_t ldb;
    int32_t *c;
    size_t ldc;
} ek_quads;
typedef void (*ek_quads_function)(const ek_quads *product);

typedef struct {
    size_t h_count;
    float forget_bias;
    float *gates;
    const float *c_prev;
    float *h, *c;
} ek_lstm_row;

typedef struct {
    size_t h_count;
    float *gates;
    const float *c_prev, *c, *dh, *dc;
    float *dc_prev;
} ek_lstm_gradient_row;

/// What each kernel reads and writes stands in scalar_gru.c.
typedef struct {
    size_t h_count;
    float *gates;
    const float *h_prev, *in;
    float *out;
} ek_gru_row;

typedef struct {
    float scale, rate, beta1, beta2, epsilon, decay;
} ek_step;

typedef struct ek_kernels {
    const char *name;
    /// In the table of a level whose products round their factors to bfloat16: the level's own table. Else NULL.
    const struct ek_kernels *base;

    // Matrix products. `gemm_blocked`, for many rows, sums in ascending order as `gemm_nn` does.
    void (*gemm_nn)(const ek_product *product);
    void (*gemm_nt)(const ek_product *product);
    /// As `gemm_nt`, in 16 interleaved lanes also where the sum is short.
    void (*gemm_dots)(const ek_product *product);
    void (*gemm_blocked)(const ek_blocked *product);
    /// to[column * to_stride + row] = from, which is not `transposed`.
    void (*transpose)(size_t row_count, size_t column_count, const ek_factor *from, float *to, size_t to_stride);
    void (*gemm_tn)(size_t k_count, size_t n_count, size_t row_count, const float *const *x, const float *const *d,
                    float *c, size_t ldc, int start);
    void (*sum_rows)(size_t n_count, size_t row_count, const float *const *d, float *out, int start);

    // Elementwise
    void (*exp)(size_t n, const float *x, float *y);
    void (*log)(size_t n, const float *x, float *y);
    void (*tanh)(size_t n, const float *x, float *y);
    void (*sigmoid)(size_t n, const float *x, float *y);
    void (*add)(size_t n, const float *a, const float *b, float *y);
    void (*multiply)(size_t n, const float *a, const float *b, float *y);
    void (*accumulate)(size_t n, const float *x, float *y);
    void (*scale_accumulate)(size_t n, float s, const float *x, float *y);
    void (*multiply_accumulate)(size_t n, const float *a, const float *b, float *y);
    void (*tanh_gradient)(size_t n, const float *y, const float *dy, float *dx);
    void (*sigmoid_gradient)(size_t n, const float *y, const float *dy, float *dx);
    double (*sum)(size_t n, const float *x);
    double (*sum_squares)(size_t n, const float *x);
    float (*dot)(size_t n, const float *a, const float *b);
    int (*all_finite)(size_t n, const float *x);

    /// c[n] += Σ_k a[k] b[k][n], b read in long rows; and with weights of 16 bits.
    void (*row)(size_t n_count, size_t k_count, const float *a, const float *b, size_t ldb, float *c);
    void (*row_half)(size_t n_count, size_t k_count, const float *a, const uint16_t *b, size_t ldb, float *c);

    // Weights of 8 bits. `quads` takes the bytes of both factors as numbers with a sign.
    ek_quads_function quads;
    void (*scale_sums)(size_t n_count, const int32_t *sums, const int32_t *excess, float factor, const float *scales,
                       const float *start, float *c);

    // Cells: one row of a batch
    void (*lstm_forward)(const ek_lstm_row *row);
    void (*lstm_backward)(const ek_lstm_gradient_row *row);
    void (*gru_after_forward)(const ek_gru_row *row);
    void (*gru_after_backward)(const ek_gru_row *row);
    void (*gru_before_gates)(const ek_gru_row *row);
    void (*gru_before_forward)(const ek_gru_row *row);
    void (*gru_before_backward)(const ek_gru_row *row);
    void (*gru_before_backward_reset)(const ek_gru_row *row);
    /// Memories that are matrices: one head of a row. What they read and write stands in scalar_memory.c.
    void (*memory_write)(const ek_memory *memory);
    float (*memory_write_backward)(const ek_memory *memory, const ek_memory_gradient *gradient);

    // Softmax. `chunk_sum`: maximum of at most EK_LOSS_CHUNK values (0 where it is not finite) and Σ exp(x - maximum).
    void (*chunk_sum)(size_t n, const float *x, float *maximum, float *sum);
    /// log_sums[m] = log Σ_chunk sums[chunk][m] exp(maxima[chunk][m]); rows of `maxima` and `sums` are m_count long.
    void (*combine_sums)(size_t m_count, size_t chunk_count, const float *maxima, const float *sums, float *log_sums);
    void (*softmax_row)(size_t n, const float *x, float *y);
    /// y = x - shift, and y = exp(x - shift) scale.
    void (*subtract)(size_t n, const float *x, float shift, float *y);
    void (*exp_scaled)(size_t n, const float *x, float shift, float scale, float *y);

    // Trainers
    void (*sgd)(size_t n, float *p, const float *g, const ek_step *step);
    void (*momentum)(size_t n, float *p, const float *g, float *v, const ek_step *step);
    void (*adagrad)(size_t n, float *p, const float *g, float *a, const ek_step *step);
    void (*adadelta)(size_t n, float *p, const float *g, float *a, float *d, const ek_step *step);
    void (*rmsprop)(size_t n, float *p, const float *g, float *a, const ek_step *step);
    void (*adam)(size_t n, float *p, const float *g, float *m, float *v, float *v_max, const ek_step *step);
} ek_kernels;

/// The table of the level in use.
const ek_kernels *ek_level(void);
/// What the calling thread was told to use, NULL where nothing; the pool's threads take it over with the work.
const ek_kernels *ek_own_level(void);
void ek_set_own_level(const ek_kernels *level);

extern const ek_kernels ek_scalar_kernels;
#if defined(__x86_64__)
extern const ek_kernels ek_sse2_kernels, ek_avx2_kernels, ek_avx512_kernels;
#elif defined(__aarch64__)
extern const ek_kernels ek_neon_kernels;
#endif

/// The table that rounds the factors of products to bfloat16 (rounded.c), and where the processor multiplies such numbers its
/// products, else NULL.
const ek_kernels *ek_rounded_level(const ek_kernels *level);
typedef struct {
    void (*blocked)(const ek_blocked *product);
} ek_pair_kernels;
const ek_pair_kernels *ek_avx512_pair_kernels(void);
/// Rounds to bfloat16 as the processor's instruction does: to the nearest, of two the even one, numbers below the normal ones to 0.
void ek_round_factors(size_t n, const float *from, float *to);

/// As `quads` of the table, but with 128 added to each byte of a, which is then without sign; NULL where the processor lacks it.
ek_quads_function ek_avx512_quads(void);

/// A blocked product, split over the threads.
void ek_multiply_blocked(const ek_blocked *product);
/// The transpose of `row_count` rows, in EK_SCRATCH_LEFT, as the left factor of blocked products; its stride.
const float *ek_transpose_left(size_t row_count, size_t column_count, const ek_factor *from, size_t *stride);
/// As `ek_gemm_tn`, for many rows.
void ek_multiply_outer(size_t k_count, size_t n_count, size_t row_count, const ek_factor *x, const ek_factor *d, float *c,
                       size_t ldc, int start);

/// The product of one row with weights that come from beyond the second-level cache, and with weights of 16 bits (b is not looked
/// at).
void ek_stream_row(const ek_product *product);
void ek_stream_half_row(const ek_product *product, const uint16_t *b, size_t ldb);

/// Scratch memory of the calling thread, kept until the thread ends; one buffer per use, so that nested uses never meet.
/// Aligned to 64 bytes; contents are undefined.
enum {
    EK_SCRATCH_PACK,       // packed operands inside a level's product
    EK_SCRATCH_ROWS,       // row pointers of one task
    EK_SCRATCH_POINTERS,   // row pointers of a whole call
    EK_SCRATCH_LEFT,       // the transposed left factor of a whole call
    EK_SCRATCH_TURNED,     // the transpose of a result
    EK_SCRATCH_TASK,       // the transposed left factor of one task
    EK_SCRATCH_LOGITS,
    EK_SCRATCH_SUMS,
    EK_SCRATCH_COMPACT,    // a loss's rows without the skipped ones
    EK_SCRATCH_PAIRS,      // the left factor as bfloat16
    EK_SCRATCH_ROUNDED,    // some columns of the right factor, rounded
    EK_SCRATCH_WEIGHTS,    // some columns of weights of fewer bits, as floats
    EK_SCRATCH_BYTES,      // rows of 8 bits
    EK_SCRATCH_COUNT
};
void *ek_scratch(int use, size_t bytes);

/// From how many nanoseconds on work is split among threads.
enum { EK_SPLIT_COST = 20000 };

/// Calls `body` for chunks 0..<chunks: over the pool's threads where the whole is worth it (`cost` in nanoseconds, roughly).
void ek_split(double cost, size_t chunks, ek_chunk_function body, void *context);

static inline size_t ek_minimum(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t ek_maximum(size_t a, size_t b) { return a > b ? a : b; }
static inline size_t ek_round_up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

#endif
