// Products of many rows, split into blocks of rows or of columns, one task per block; sums of outer products over many rows.
// An element's value does not depend on the block that it falls into.
#include "kernels.h"

typedef struct {
    ek_blocked whole;
    size_t row_block, column_block;  // one of them is the whole
} blocked_task;

static void run_block(void *context, size_t chunk) {
    const blocked_task *task = context;
    ek_blocked block = task->whole;
    size_t row = chunk * task->row_block, column = chunk * task->column_block;
    if (task->row_block < block.m_count) {
        block.m_count = ek_minimum(task->row_block, block.m_count - row);
        block.a += row * block.lda;
        block.c += row * block.ldc;
    } else {
        block.n_count = ek_minimum(task->column_block, block.n_count - column);
        block.b.first += column;
        block.c += column;
        if (block.bias) block.bias += column;
    }
    ek_level()->gemm_blocked(&block);
}

/// The size of blocks of `count` for so many threads: each packs or reads the other factor anew, so that they are few.
static size_t block_size(size_t count, size_t worthwhile, size_t unit) {
    size_t threads = (size_t)ek_threads();
    size_t blocks = ek_minimum(4 * threads, ek_maximum(threads, count / worthwhile));
    return ek_round_up((count + blocks - 1) / blocks, unit);
}

void ek_multiply_blocked(const ek_blocked *product) {
    blocked_task task = {*product, product->m_count, product->n_count};
    if (product->start != EK_BIAS) task.whole.bias = NULL;
    double cost = (double)product->m_count * (double)product->n_count * (double)product->k_count / 50;
    size_t blocks = 1;
    if (ek_threads() > 1 && cost >= 20000) {
        if (product->n_count >= product->m_count) {
            task.column_block = block_size(product->n_count, 256, 64);
            blocks = (product->n_count + task.column_block - 1) / task.column_block;
        } else {
            task.row_block = block_size(product->m_count, 512, 14);
            blocks = (product->m_count + task.row_block - 1) / task.row_block;
        }
    }
    ek_split(cost, blocks, run_block, &task);
}

// MARK: Outer products

/// Distance between rows of `length`: no multiple of 4096 bytes, since such rows fall into the same sets of the caches.
static size_t stride_for(size_t length) {
    size_t stride = ek_round_up(length, 16);
    return stride % 1024 == 0 ? stride + 16 : stride;
}

const float *ek_transpose_left(size_t row_count, size_t column_count, const ek_factor *from, size_t *stride) {
    *stride = stride_for(row_count);
    float *to = ek_scratch(EK_SCRATCH_LEFT, column_count * *stride * sizeof *to);
    ek_level()->transpose(row_count, column_count, from, to, *stride);
    return to;
}

/// Few columns would fill tiles badly: they become the rows of a transposed result.
static void multiply_turned(size_t k_count, size_t n_count, size_t row_count, const ek_factor *x, const ek_factor *d, float *c,
                            size_t ldc, int start) {
    size_t lda, stride = stride_for(k_count);
    const float *a = ek_transpose_left(row_count, n_count, d, &lda);
    float *turned = ek_scratch(EK_SCRATCH_TURNED, n_count * stride * sizeof *turned);
    if (start == EK_KEEP) ek_level()->transpose(k_count, n_count, &(ek_factor){.at = c, .stride = ldc}, turned, stride);
    ek_multiply_blocked(&(ek_blocked){n_count, k_count, row_count, a, lda, *x, turned, stride, start, NULL, NULL, NULL});
    ek_level()->transpose(n_count, k_count, &(ek_factor){.at = turned, .stride = stride}, c, ldc);
}

void ek_multiply_outer(size_t k_count, size_t n_count, size_t row_count, const ek_factor *x, const ek_factor *d, float *c,
                       size_t ldc, int start) {
    if (n_count < 128 && n_count * 2 <= k_count) {
        multiply_turned(k_count, n_count, row_count, x, d, c, ldc, start);
        return;
    }
    size_t lda;
    const float *a = ek_transpose_left(row_count, k_count, x, &lda);
    ek_multiply_blocked(&(ek_blocked){k_count, n_count, row_count, a, lda, *d, c, ldc, start, NULL, NULL, NULL});
}
