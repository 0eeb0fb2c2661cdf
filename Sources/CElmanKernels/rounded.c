// Matrix products whose factors are rounded to bfloat16: each level's table once more, with other products.
//
// Where the processor multiplies pairs of such numbers (level_avx512_bf16.c) it does the products of many rows. Elsewhere, and
// for sums over few rows, rounded copies of the factors go through the level's own products, all of them in ascending order.
#include <pthread.h>

#include "kernels.h"

void ek_round_factors(size_t n, const float *from, float *to) {
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        __builtin_memcpy(&bits, &from[i], sizeof bits);
        uint32_t magnitude = bits & 0x7fffffff, rounded = bits + 0x7fff + (bits >> 16 & 1);
        if (magnitude > 0x7f800000) rounded = bits | 0x00400000;  // NaN stays NaN
        if (magnitude < 0x00800000) rounded = bits & 0x80000000;
        rounded &= 0xffff0000;
        __builtin_memcpy(&to[i], &rounded, sizeof rounded);
    }
}

/// Columns of the right factor that are rounded at a time.
enum { ROUNDED_COLUMNS = EK_LOSS_CHUNK };

/// A rounded copy of some columns of a right factor.
static ek_factor round_right(const ek_factor *f, size_t first, size_t columns, size_t steps) {
    size_t rows = f->transposed ? columns : steps, length = f->transposed ? steps : columns;
    size_t stride = ek_round_up(length, 16);
    float *to = ek_scratch(EK_SCRATCH_ROUNDED, (rows * stride + 16) * sizeof *to);
    for (size_t row = 0; row < rows; row++) {
        const float *from = f->transposed ? f->at + (f->first + first + row) * f->stride
                                          : (f->rows ? f->rows[row] : f->at + row * f->stride) + f->first + first;
        ek_round_factors(length, from, to + row * stride);
    }
    return (ek_factor){.at = to, .stride = stride, .transposed = f->transposed};
}

static void rounded_gemm_blocked(const ek_blocked *p) {
    size_t stride = ek_round_up(p->k_count, 16);
    float *a = ek_scratch(EK_SCRATCH_PAIRS, (p->m_count * stride + 16) * sizeof *a);
    for (size_t m = 0; m < p->m_count; m++) ek_round_factors(p->k_count, p->a + m * p->lda, a + m * stride);
    for (size_t n = 0; n < p->n_count; n += ROUNDED_COLUMNS) {
        ek_blocked part = *p;
        part.a = a;
        part.lda = stride;
        part.n_count = ek_minimum(ROUNDED_COLUMNS, p->n_count - n);
        part.b = round_right(&p->b, n, part.n_count, p->k_count);
        part.c += n;
        if (part.bias) part.bias += n;
        ek_level()->base->gemm_blocked(&part);
    }
}

/// The product as a blocked one, for the functions of the table in use.
static void multiply(const ek_product *p, int transposed) {
    ek_factor right = {.at = p->b, .stride = p->ldb, .transposed = transposed};
    ek_level()->gemm_blocked(&(ek_blocked){
        p->m_count, p->n_count, p->k_count, p->a, p->lda, right, p->c, p->ldc, p->start, p->bias, NULL, NULL});
}

static void rounded_gemm_nn(const ek_product *p) { multiply(p, 0); }
static void rounded_gemm_nt(const ek_product *p) { multiply(p, 1); }

static void rounded_gemm_tn(size_t k_count, size_t n_count, size_t row_count, const float *const *x, const float *const *d,
                            float *c, size_t ldc, int start) {
    size_t width = ek_round_up(k_count, 16) + ek_round_up(n_count, 16);
    float *values = ek_scratch(EK_SCRATCH_ROUNDED, row_count * (width * sizeof *values + 2 * sizeof *x) + 64);
    const float **rows = (const float **)(values + row_count * width);
    for (size_t r = 0; r < row_count; r++) {
        float *row = values + r * width, *second = row + ek_round_up(k_count, 16);
        ek_round_factors(k_count, x[r], row);
        ek_round_factors(n_count, d[r], second);
        rows[r] = row;
        rows[row_count + r] = second;
    }
    ek_level()->base->gemm_tn(k_count, n_count, row_count, rows, rows + row_count, c, ldc, start);
}

// MARK: Tables

#if defined(__x86_64__)
static const ek_kernels *const levels[] = {&ek_scalar_kernels, &ek_sse2_kernels, &ek_avx2_kernels, &ek_avx512_kernels};
#elif defined(__aarch64__)
static const ek_kernels *const levels[] = {&ek_scalar_kernels, &ek_neon_kernels};
#else
static const ek_kernels *const levels[] = {&ek_scalar_kernels};
#endif
enum { LEVEL_COUNT = sizeof levels / sizeof *levels };

static ek_kernels tables[LEVEL_COUNT];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static const ek_pair_kernels *pair_kernels(const ek_kernels *level) {
#if defined(__x86_64__)
    if (level == &ek_avx512_kernels) return ek_avx512_pair_kernels();
#endif
    (void)level;
    return NULL;
}

static void make_tables(void) {
    for (size_t i = 0; i < LEVEL_COUNT; i++) {
        const ek_pair_kernels *pairs = pair_kernels(levels[i]);
        tables[i] = *levels[i];
        tables[i].base = levels[i];
        tables[i].gemm_nn = rounded_gemm_nn;
        tables[i].gemm_nt = tables[i].gemm_dots = rounded_gemm_nt;
        tables[i].gemm_tn = rounded_gemm_tn;
        tables[i].gemm_blocked = pairs ? pairs->blocked : rounded_gemm_blocked;
    }
}

const ek_kernels *ek_rounded_level(const ek_kernels *level) {
    pthread_once(&tables_once, make_tables);
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        if (levels[i] == level) return &tables[i];
    return level;
}

const void *ek_begin_rounded_products(void) {
    const ek_kernels *before = ek_own_level();
    ek_set_own_level(ek_rounded_level(ek_level()));
    return before;
}

void ek_end_rounded_products(const void *before) { ek_set_own_level(before); }

int ek_has_fast_rounded_products(void) {
    const ek_kernels *level = ek_level();
    return pair_kernels(level->base ? level->base : level) != NULL;
}
