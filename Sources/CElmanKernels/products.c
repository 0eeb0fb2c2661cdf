// The exported matrix products: each splits its result into blocks of rows and columns, one task per block.
// An element's value does not depend on the block that it falls into.
#include "kernels.h"

typedef struct {
    ek_product whole;
    size_t row_block, column_block, column_blocks;
    void (*kernel)(const ek_product *product);
} product_task;

static void run_product_block(void *context, size_t chunk) {
    const product_task *task = context;
    size_t row = chunk / task->column_blocks * task->row_block;
    size_t column = chunk % task->column_blocks * task->column_block;
    ek_product block = task->whole;
    block.m_count = ek_minimum(task->row_block, block.m_count - row);
    block.n_count = ek_minimum(task->column_block, block.n_count - column);
    block.a += row * block.lda;
    block.b += task->kernel == ek_level()->gemm_nn ? column : column * block.ldb;
    block.c += row * block.ldc + column;
    if (block.bias) block.bias += column;
    task->kernel(&block);
}

/// Nanoseconds that a product takes at the least: arithmetic, or reading b from beyond the caches.
static double product_cost(const ek_product *p) {
    double elements = (double)p->n_count * (double)p->k_count;
    double arithmetic = elements * (double)p->m_count / 50, reading = elements / 12;
    return arithmetic > reading ? arithmetic : reading;
}

/// How many columns make a task of about 50 microseconds, in multiples of `unit`.
static size_t columns_per_task(const ek_product *p, size_t rows, size_t unit) {
    if (product_cost(p) < EK_SPLIT_COST) return ek_round_up(p->n_count, unit);  // one task in any case
    ek_product column = *p;
    column.m_count = rows;
    column.n_count = 1;
    return ek_round_up((size_t)(50000 / (product_cost(&column) + 1)) + 1, unit);
}

static void split_product(product_task *task) {
    const ek_product *p = &task->whole;
    size_t row_blocks = (p->m_count + task->row_block - 1) / task->row_block;
    task->column_blocks = (p->n_count + task->column_block - 1) / task->column_block;
    if (row_blocks * task->column_blocks == 1) return task->kernel(p);
    ek_split(product_cost(p), row_blocks * task->column_blocks, run_product_block, task);
}

/// Weights that a single row does not find in the second-level cache, in floats.
enum { STREAMED_FROM = 1 << 18 };

void ek_gemm_nn(size_t m_count, size_t n_count, size_t k_count, const float *a, size_t lda, const float *b, size_t ldb,
                float *c, size_t ldc, int start, const float *bias) {
    if (m_count == 0 || n_count == 0) return;
    product_task task = {
        .whole = {m_count, n_count, k_count, a, lda, b, ldb, c, ldc, start, start == EK_BIAS ? bias : NULL},
        .row_block = EK_BLOCKED_ROWS,
        .kernel = ek_level()->gemm_nn,
    };
    if (m_count == 1 && n_count * k_count > STREAMED_FROM && !ek_level()->base) {
        ek_stream_row(&task.whole);
        return;
    }
    if (m_count >= EK_BLOCKED_ROWS) {
        ek_factor right = {.at = b, .stride = ldb};
        ek_multiply_blocked(&(ek_blocked){m_count, n_count, k_count, a, lda, right, c, ldc, start, bias, NULL, NULL});
        return;
    }
    size_t unit = m_count == 1 ? 256 : 64;
    task.column_block = m_count > 48 ? 256 : columns_per_task(&task.whole, m_count, unit);
    split_product(&task);
}

static void multiply_rows(size_t m_count, size_t k_count, size_t n_count, const float *a, size_t lda, const float *b, size_t ldb,
                          float *c, size_t ldc, int start, const float *bias, void (*kernel)(const ek_product *)) {
    if (m_count == 0 || k_count == 0) return;
    product_task task = {
        .whole = {m_count, k_count, n_count, a, lda, b, ldb, c, ldc, start, start == EK_BIAS ? bias : NULL},
        .row_block = n_count > EK_NT_SEQUENTIAL ? 128 : 448,
        .kernel = kernel,
    };
    task.column_block = m_count > 48 ? 192 : columns_per_task(&task.whole, m_count, 12);
    split_product(&task);
}

void ek_gemm_nt(size_t m_count, size_t k_count, size_t n_count, const float *a, size_t lda, const float *b, size_t ldb,
                float *c, size_t ldc, int start, const float *bias) {
    multiply_rows(m_count, k_count, n_count, a, lda, b, ldb, c, ldc, start, bias, ek_level()->gemm_nt);
}

void ek_gemm_nt_gradient(size_t m_count, size_t k_count, size_t n_count, const float *a, size_t lda, const float *b, size_t ldb,
                         float *c, size_t ldc, int start, const float *bias) {
    if (k_count == 0) return;
    if (m_count < EK_DOT_ROWS && n_count >= EK_SHORT_DOT) {
        multiply_rows(m_count, k_count, n_count, a, lda, b, ldb, c, ldc, start, bias, ek_level()->gemm_dots);
    } else if (m_count < EK_BLOCKED_ROWS) {
        ek_gemm_nt(m_count, k_count, n_count, a, lda, b, ldb, c, ldc, start, bias);
    } else {
        ek_factor transposed = {.at = b, .stride = ldb, .transposed = 1};
        ek_multiply_blocked(&(ek_blocked){m_count, k_count, n_count, a, lda, transposed, c, ldc, start, bias, NULL, NULL});
    }
}

typedef struct {
    size_t k_count, n_count, row_count;
    const float *const *x, *const *d;
    float *c;
    size_t ldc;
    int start;
    size_t k_block, n_block, n_blocks;
} outer_task;

/// Rows by pointers cannot be moved to a column without rewriting the pointers, which are few beside the arithmetic.
static void run_outer_block(void *context, size_t chunk) {
    const outer_task *task = context;
    size_t k = chunk / task->n_blocks * task->k_block, n = chunk % task->n_blocks * task->n_block;
    const float **rows = ek_scratch(EK_SCRATCH_ROWS, 2 * (task->row_count + 1) * sizeof *rows);
    const float **x = rows, **d = rows + task->row_count;
    for (size_t r = 0; r < task->row_count; r++) {
        x[r] = task->x[r] + k;
        d[r] = task->d[r] + n;
    }
    ek_level()->gemm_tn(ek_minimum(task->k_block, task->k_count - k), ek_minimum(task->n_block, task->n_count - n),
                        task->row_count, x, d, task->c + k * task->ldc + n, task->ldc, task->start);
}

void ek_gemm_tn(size_t k_count, size_t n_count, size_t row_count, const float *const *x, const float *const *d,
                float *c, size_t ldc, int start) {
    if (k_count == 0 || n_count == 0) return;
    if (row_count >= EK_OUTER_ROWS) {
        ek_multiply_outer(k_count, n_count, row_count, &(ek_factor){.rows = x}, &(ek_factor){.rows = d}, c, ldc, start);
        return;
    }
    outer_task task = {k_count, n_count, row_count, x, d, c, ldc, start, 0, 0, 0};
    double cost = (double)k_count * (double)n_count * (double)(row_count + 8) / 50;
    // Every block gathers its columns of x and d anew, so there are as few as the threads need, and columns come first.
    size_t wanted = ek_threads() > 1 && cost >= 20000 ? 8 : 1;
    task.n_block = ek_minimum(ek_round_up((n_count + wanted - 1) / wanted, 64), row_count < 8 ? n_count : 256);
    task.n_blocks = (n_count + task.n_block - 1) / task.n_block;
    size_t k_blocks = (wanted + task.n_blocks - 1) / task.n_blocks;
    task.k_block = ek_round_up((k_count + k_blocks - 1) / k_blocks, 16);
    k_blocks = (k_count + task.k_block - 1) / task.k_block;
    ek_split(cost, task.n_blocks * k_blocks, run_outer_block, &task);
}

void ek_sum_rows(size_t n_count, size_t row_count, const float *const *d, float *out, int start) {
    ek_level()->sum_rows(n_count, row_count, d, out, start);
}
