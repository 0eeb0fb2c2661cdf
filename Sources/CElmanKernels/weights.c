// Products with weights of fewer bits: 16 (bfloat16) or 8 (whole numbers with a scale for each output).
//
// Weights of 16 bits give the bits of float products with the same weights: few rows read them as they are, many rows meet blocks of
// them that are widened first. Weights of 8 bits meet rows that are rounded to 8 bits too, each with a scale of its own; their sums
// are exact, so that neither the processor nor the order of the sum shows in a result.
#include "kernels.h"

#pragma clang fp contract(off)

// MARK: Rounding

void ek_round_to_bfloat16(size_t n, const float *values, uint16_t *half) {
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        __builtin_memcpy(&bits, &values[i], sizeof bits);
        // To the nearest, ties to even; NaN stays NaN.
        int is_nan = (bits & 0x7fffffff) > 0x7f800000;
        half[i] = (uint16_t)((is_nan ? bits | 0x00400000 : bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
}

void ek_widen_bfloat16(size_t n, const uint16_t *half, float *values) {
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = (uint32_t)half[i] << 16;
        __builtin_memcpy(&values[i], &bits, sizeof bits);
    }
}

/// Magnitudes compare as their bits do; those that are not finite are the largest.
static inline uint32_t magnitude_bits(float x) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits & 0x7fffffff;
}

/// The magnitude with these bits; NaN where it is not finite.
static float magnitude_of(uint32_t bits) {
    float result;
    __builtin_memcpy(&result, &bits, sizeof result);
    return bits < 0x7f800000 ? result : __builtin_nanf("");
}

static float largest_magnitude(size_t n, const float *x) {
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = magnitude_bits(x[i]);
        largest = bits > largest ? bits : largest;
    }
    return magnitude_of(largest);
}

/// Below this, everything is 0.
static const float smallest_scaled = 1e-30f;

/// The factor that makes the largest magnitude 127; 0 where all is 0 or something is not finite.
static float inverse_scale(float largest) { return largest >= smallest_scaled ? 127 / largest : 0; }
static float scale_of(float largest) { return largest >= smallest_scaled ? largest / 127 : largest != largest ? largest : 0; }

/// The nearest whole number, of two the even one, for magnitudes up to 127.
static inline int32_t nearest(float x) {
    const float shift = 12582912;  // 1.5 · 2²³
    float shifted = x + shift;
    int32_t bits;
    __builtin_memcpy(&bits, &shifted, sizeof bits);
    return bits - 0x4b400000;
}

/// Quads of a row: bytes with `offset` added, zeros beyond. A row with numbers that are not finite gets a scale of NaN.
static float quantize_row(size_t n, const float *x, int32_t offset, uint8_t *bytes) {
    float largest = largest_magnitude(n, x), inverse = inverse_scale(largest);
    if (inverse == 0) {
        for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)offset;
    } else {
        for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)(nearest(x[i] * inverse) + offset);
    }
    for (size_t i = n; i < ek_round_up(n, 4); i++) bytes[i] = (uint8_t)offset;
    return scale_of(largest);
}

void ek_quantize(size_t n_count, size_t k_count, const float *w, size_t n_stride, size_t k_stride, int8_t *bytes, size_t ldb,
                 float *scales, int32_t *sums) {
    __builtin_memset(bytes, 0, ek_round_up(k_count, 4) * ldb);
    for (size_t first = 0; first < ldb; first += 16) {
        // Sixteen columns at a time, whichever way they lie.
        size_t count = first < n_count ? ek_minimum(16, n_count - first) : 0;
        uint32_t largest[16] = {0};
        float inverse[16] = {0};
        for (size_t k = 0; k < k_count; k++)
            for (size_t n = 0; n < count; n++) {
                uint32_t magnitude = magnitude_bits(w[(first + n) * n_stride + k * k_stride]);
                largest[n] = magnitude > largest[n] ? magnitude : largest[n];
            }
        for (size_t n = 0; n < 16; n++) {
            inverse[n] = inverse_scale(magnitude_of(largest[n]));
            scales[first + n] = scale_of(magnitude_of(largest[n]));
            sums[first + n] = 0;
        }
        for (size_t k = 0; k < k_count; k++)
            for (size_t n = 0; n < count; n++) {
                int32_t value = inverse[n] == 0 ? 0 : nearest(w[(first + n) * n_stride + k * k_stride] * inverse[n]);
                bytes[k / 4 * 4 * ldb + 4 * (first + n) + k % 4] = (int8_t)value;
                sums[first + n] += 128 * value;
            }
    }
}

void ek_dequantize(size_t k_count, const int8_t *bytes, size_t ldb, float scale, size_t k_stride, float *w) {
    for (size_t k = 0; k < k_count; k++) w[k * k_stride] = scale * (float)bytes[k / 4 * 4 * ldb + k % 4];
}

// MARK: 16 bits

typedef struct {
    ek_product whole;  // without b
    const ek_weights *weights;
    size_t column_block;
} weights_task;

/// Some columns of weights as floats, for a product in one go.
static void run_half_block(void *context, size_t chunk) {
    const weights_task *task = context;
    // The weights are rounded already, and rows are not, however many there are.
    const ek_kernels *level = ek_level()->base ? ek_level()->base : ek_level();
    ek_product block = task->whole;
    const uint16_t *half = task->weights->values;
    size_t first = chunk * task->column_block, stride = task->weights->stride;
    block.n_count = ek_minimum(task->column_block, block.n_count - first);
    block.c += first;
    if (block.bias) block.bias += first;
    int turned = task->weights->type == EK_BFLOAT16_TURNED;
    size_t rows = turned ? block.n_count : block.k_count, length = turned ? block.k_count : block.n_count;
    block.ldb = ek_round_up(length, 16);
    if (block.ldb % 1024 == 0) block.ldb += 16;
    float *wide = ek_scratch(EK_SCRATCH_WEIGHTS, (rows * block.ldb + 16) * sizeof *wide);
    half += turned ? first * stride : first;
    for (size_t row = 0; row < rows; row++) ek_widen_bfloat16(length, half + row * stride, wide + row * block.ldb);
    block.b = wide;
    if (turned) {
        level->gemm_nt(&block);
    } else if (block.m_count >= EK_BLOCKED_ROWS) {
        ek_factor right = {.at = wide, .stride = block.ldb};
        level->gemm_blocked(&(ek_blocked){block.m_count, block.n_count, block.k_count, block.a, block.lda, right, block.c,
                                          block.ldc, block.start, block.bias, NULL, NULL});
    } else {
        level->gemm_nn(&block);
    }
}

/// So many rows read the weights as they are, one row after the other.
enum { STREAMED_ROWS = 4 };

static void multiply_half(const ek_product *p, const ek_weights *w) {
    if (w->type == EK_BFLOAT16 && p->m_count <= STREAMED_ROWS) {
        for (size_t m = 0; m < p->m_count; m++) {
            ek_product row = *p;
            row.a += m * p->lda;
            row.c += m * p->ldc;
            ek_stream_half_row(&row, w->values, w->stride);
        }
        return;
    }
    weights_task task = {*p, w, w->type == EK_BFLOAT16_TURNED ? 48 : 256};
    double cost = (double)p->n_count * (double)p->k_count * (1.0 / 12 + (double)p->m_count / 50);
    ek_split(cost, (p->n_count + task.column_block - 1) / task.column_block, run_half_block, &task);
}

// MARK: 8 bits

typedef struct {
    ek_product whole;  // without b
    const ek_weights *weights;
    ek_quads_function multiply;
    int is_offset;
    const int32_t *a;  // the rows as quads
    size_t lda;
    const float *factors;  // of each row
    size_t row_block, column_block, column_blocks;
} bytes_task;

static void run_bytes_block(void *context, size_t chunk) {
    const bytes_task *task = context;
    const ek_product *p = &task->whole;
    const ek_weights *w = task->weights;
    size_t row = chunk / task->column_blocks * task->row_block, column = chunk % task->column_blocks * task->column_block;
    size_t rows = ek_minimum(task->row_block, p->m_count - row), columns = ek_minimum(task->column_block, p->n_count - column);
    size_t stride = ek_round_up(columns, 16);
    int32_t *sums = ek_scratch(EK_SCRATCH_WEIGHTS, (rows * stride + 16) * sizeof *sums);
    task->multiply(&(ek_quads){rows, columns, (p->k_count + 3) / 4, task->a + row * task->lda, task->lda,
                               (const int32_t *)w->values + column, w->stride, sums, stride});
    const ek_kernels *level = ek_level();
    for (size_t m = 0; m < rows; m++) {
        float *c = p->c + (row + m) * p->ldc + column;
        const float *start = p->start == EK_KEEP ? c : p->start == EK_BIAS ? p->bias + column : NULL;
        level->scale_sums(columns, sums + m * stride, task->is_offset ? w->sums + column : NULL, task->factors[row + m],
                          w->scales + column, start, c);
    }
}

static void multiply_bytes(const ek_product *p, const ek_weights *w) {
    bytes_task task = {.whole = *p, .weights = w, .multiply = ek_level()->quads, .lda = ek_round_up((p->k_count + 3) / 4, 16)};
#if defined(__x86_64__)
    const ek_kernels *level = ek_level();
    ek_quads_function fast = level == &ek_avx512_kernels || level->base == &ek_avx512_kernels ? ek_avx512_quads() : NULL;
    if (fast) {
        task.multiply = fast;
        task.is_offset = 1;
    }
#endif
    size_t quads = p->m_count * task.lda;
    int32_t *a = ek_scratch(EK_SCRATCH_BYTES, (quads + p->m_count) * sizeof *a);
    float *factors = (float *)(a + quads);
    for (size_t m = 0; m < p->m_count; m++)
        factors[m] = quantize_row(p->k_count, p->a + m * p->lda, task.is_offset ? 128 : 0, (uint8_t *)(a + m * task.lda));
    task.a = a;
    task.factors = factors;
    task.row_block = 96;
    // About 30 microseconds a task.
    size_t rows = ek_minimum(p->m_count, task.row_block);
    double column_cost = (double)p->k_count * (1.0 / 40 + (double)rows / 150);
    task.column_block = ek_minimum(2048, ek_round_up((size_t)(30000 / (column_cost + 1)) + 1, 64));
    task.column_blocks = (p->n_count + task.column_block - 1) / task.column_block;
    size_t row_blocks = (p->m_count + task.row_block - 1) / task.row_block;
    ek_split((double)p->n_count * (double)p->k_count * (1.0 / 40 + (double)p->m_count / 150), row_blocks * task.column_blocks,
             run_bytes_block, &task);
}

void ek_gemm_weights(size_t m_count, size_t n_count, size_t k_count, const float *a, size_t lda, const ek_weights *weights,
                     float *c, size_t ldc, int start, const float *bias) {
    if (m_count == 0 || n_count == 0) return;
    ek_product product = {m_count, n_count, k_count, a, lda, NULL, 0, c, ldc, start, start == EK_BIAS ? bias : NULL};
    if (weights->type == EK_INT8) multiply_bytes(&product, weights);
    else multiply_half(&product, weights);
}
