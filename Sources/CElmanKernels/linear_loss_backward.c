// The fused linear layer, log softmax and pick: backward.
//
// First pass, by columns: logits become their gradients, and while a chunk is in the cache the gradients of its weights and
// bias are summed over the rows. Second pass: the gradient of the inputs, a product over all columns.
#include "linear_loss.h"

#include <string.h>

#pragma clang fp contract(off)

/// Logits that are computed again at once where the caller kept none.
enum { RECOMPUTED_VALUES = 1 << 22 };

typedef struct {
    const ek_linear_loss *call;
    ek_loss_grid grid;
    const float *d_losses;
    float *dw, *d_bias;
    int start;
    const float *x_transposed;  // where it is the left factor of blocked products, else NULL
    size_t x_transposed_stride;
} backward_task;

/// (p - one-hot) d_loss in place of the logits.
static void differentiate(const ek_linear_loss *call, const float *d_losses, size_t first_row, size_t row_count,
                          size_t first, size_t count) {
    const ek_kernels *level = ek_level();
    for (size_t m = first_row; m < first_row + row_count; m++) {
        float *z = call->logits + m * call->logits_stride + first, probability = 0;
        size_t target = (size_t)call->targets[m] - first;
        if (m + 2 < first_row + row_count)
            for (size_t i = 0; i < count; i += 16) __builtin_prefetch(z + 2 * call->logits_stride + i);
        if (target < count) level->exp_scaled(1, z + target, call->log_sums[m], 1, &probability);
        level->exp_scaled(count, z, call->log_sums[m], d_losses[m], z);
        if (target < count) z[target] = (probability - 1) * d_losses[m];
    }
}

/// Gradients of the weights of some columns from many rows.
static void multiply_many_rows(const backward_task *task, size_t first, size_t count) {
    const ek_linear_loss *call = task->call;
    ek_factor dz = {.at = call->logits, .stride = call->logits_stride, .first = first};
    if (!call->transposed) {
        ek_level()->gemm_blocked(&(ek_blocked){
            call->k_count, count, call->m_count, task->x_transposed, task->x_transposed_stride, dz, task->dw + first,
            call->ldw, task->start, NULL, NULL, NULL});
        return;
    }
    size_t stride = ek_round_up(call->m_count, 16);
    float *turned = ek_scratch(EK_SCRATCH_TASK, count * stride * sizeof *turned);
    ek_level()->transpose(call->m_count, count, &dz, turned, stride);
    ek_factor x = {.at = call->x, .stride = call->x_stride};
    ek_level()->gemm_blocked(&(ek_blocked){count, call->k_count, call->m_count, turned, stride, x,
                                           task->dw + first * call->ldw, call->ldw, task->start, NULL, NULL, NULL});
}

/// Gradients of the weights and the bias of some columns, from the gradients of their logits.
static void sum_over_rows(const backward_task *task, size_t first, size_t count) {
    const ek_linear_loss *call = task->call;
    const ek_kernels *level = ek_level();
    size_t rows = call->m_count;
    const float **x = ek_scratch(EK_SCRATCH_ROWS, 2 * rows * sizeof *x), **dz = x + rows;
    for (size_t m = 0; m < rows; m++) {
        x[m] = call->x + m * call->x_stride;
        dz[m] = call->logits + m * call->logits_stride + first;
    }
    if (task->d_bias) level->sum_rows(count, rows, dz, task->d_bias + first, task->start);
    if (!task->dw) return;
    if (rows >= EK_OUTER_ROWS)
        multiply_many_rows(task, first, count);
    else if (call->transposed)
        level->gemm_tn(count, call->k_count, rows, dz, x, task->dw + first * call->ldw, call->ldw, task->start);
    else
        level->gemm_tn(call->k_count, count, rows, x, dz, task->dw + first, call->ldw, task->start);
}

static void run_column_task(void *context, size_t index) {
    const backward_task *task = context;
    size_t chunks = task->grid.chunks_per_task, width = chunks * EK_LOSS_CHUNK;
    size_t first = index * width, count = ek_minimum(width, task->call->n_count - first);
    differentiate(task->call, task->d_losses, 0, task->call->m_count, first, count);
    if (task->dw || task->d_bias) sum_over_rows(task, first, count);
}

static void run_row_task(void *context, size_t index) {
    const backward_task *task = context;
    size_t rows = task->grid.rows_per_task, first = index * rows;
    differentiate(task->call, task->d_losses, first, ek_minimum(rows, task->call->m_count - first), 0, task->call->n_count);
}

/// A short vocabulary has too few chunks to share out: the steps are split one by one.
static void run_by_rows(backward_task *task, double cost) {
    const ek_linear_loss *call = task->call;
    ek_split(cost, task->grid.row_tasks, run_row_task, task);
    size_t rows = call->m_count;
    const float **x = ek_scratch(EK_SCRATCH_POINTERS, 2 * rows * sizeof *x), **dz = x + rows;
    for (size_t m = 0; m < rows; m++) {
        x[m] = call->x + m * call->x_stride;
        dz[m] = call->logits + m * call->logits_stride;
    }
    if (task->d_bias) ek_sum_rows(call->n_count, rows, dz, task->d_bias, task->start);
    if (!task->dw) return;
    if (call->transposed) ek_gemm_tn(call->n_count, call->k_count, rows, dz, x, task->dw, call->ldw, task->start);
    else ek_gemm_tn(call->k_count, call->n_count, rows, x, dz, task->dw, call->ldw, task->start);
}

static void run_by_columns(backward_task *task, double cost) {
    const ek_linear_loss *call = task->call;
    ek_factor x = {.at = call->x, .stride = call->x_stride};
    if (task->dw && !call->transposed && call->m_count >= EK_OUTER_ROWS)
        task->x_transposed = ek_transpose_left(call->m_count, call->k_count, &x, &task->x_transposed_stride);
    ek_split(cost, task->grid.chunk_tasks, run_column_task, task);
}

/// dx as `ek_gemm_nt_gradient` gives it for `all_rows`, of which the call may have a part.
static void differentiate_inputs(const ek_linear_loss *call, float *dx, size_t dx_stride, size_t all_rows) {
    size_t rows = call->m_count, k_count = call->k_count, n_count = call->n_count, stride = call->logits_stride;
    if (call->transposed) {
        ek_gemm_nn(rows, k_count, n_count, call->logits, stride, call->w, call->ldw, dx, dx_stride, EK_KEEP, NULL);
    } else if (all_rows < EK_BLOCKED_ROWS) {
        ek_gemm_nt(rows, k_count, n_count, call->logits, stride, call->w, call->ldw, dx, dx_stride, EK_KEEP, NULL);
    } else {
        ek_factor transposed = {.at = call->w, .stride = call->ldw, .transposed = 1};
        ek_multiply_blocked(
            &(ek_blocked){rows, k_count, n_count, call->logits, stride, transposed, dx, dx_stride, EK_KEEP, NULL, NULL, NULL});
    }
}

static void backward_with_logits(const ek_linear_loss *call, const float *d_losses, float *dx, size_t dx_stride, float *dw,
                                 float *d_bias, int start, size_t all_rows) {
    backward_task task = {.call = call, .grid = ek_make_loss_grid(call), .d_losses = d_losses, .dw = dw, .d_bias = d_bias,
                          .start = start};
    double cost = (double)call->n_count * (double)(call->m_count + 4) * (double)((dw ? call->k_count : 0) + 16) / 50;
    if (task.grid.chunk_tasks < 8 && task.grid.row_tasks > 1) run_by_rows(&task, cost);
    else run_by_columns(&task, cost);
    if (dx) differentiate_inputs(call, dx, dx_stride, all_rows);
}

// MARK: Logits that were not kept

/// Rows are taken in blocks, so that memory stays bounded; sums over rows go on in ascending order from block to block.
static void backward_by_recomputing(const ek_linear_loss *call, const float *d_losses, float *dx, size_t dx_stride, float *dw,
                                    float *d_bias, int start) {
    size_t stride = ek_round_up(call->n_count, 16);
    size_t rows = ek_minimum(call->m_count, ek_maximum(32, RECOMPUTED_VALUES / stride));
    float *logits = ek_scratch(EK_SCRATCH_LOGITS, rows * stride * sizeof *logits);
    for (size_t m = 0; m < call->m_count; m += rows) {
        ek_linear_loss block = *call;
        block.m_count = ek_minimum(rows, call->m_count - m);
        block.x += m * call->x_stride;
        block.targets += m;
        block.log_sums += m;
        block.logits = logits;
        block.logits_stride = stride;
        (call->transposed ? ek_gemm_nt : ek_gemm_nn)(block.m_count, block.n_count, block.k_count, block.x, block.x_stride,
                                                     block.w, block.ldw, logits, stride, call->bias ? EK_BIAS : EK_ZERO,
                                                     call->bias);
        backward_with_logits(&block, d_losses + m, dx ? dx + m * dx_stride : NULL, dx_stride, dw, d_bias,
                             m == 0 ? start : EK_KEEP, call->m_count);
    }
}

// MARK: Skipped rows

static void backward_without_skipped(const ek_linear_loss *call, const float *d_losses, float *dx, size_t dx_stride,
                                     float *dw, float *d_bias, int start) {
    size_t width = call->k_count;
    ek_compact_loss compact = ek_compact(call, dx ? width : 0);
    for (size_t m = 0, active = 0; m < call->m_count; m++) {
        if (call->targets[m] < 0) continue;
        compact.d_losses[active] = d_losses[m];
        if (dx) memcpy(compact.dx + active * width, dx + m * dx_stride, width * sizeof *dx);
        active += 1;
    }
    ek_linear_loss_backward(&compact.call, compact.d_losses, dx ? compact.dx : NULL, width, dw, d_bias, start);
    for (size_t m = 0, active = 0; dx && m < call->m_count; m++) {
        if (call->targets[m] < 0) continue;
        memcpy(dx + m * dx_stride, compact.dx + active * width, width * sizeof *dx);
        active += 1;
    }
}

/// No rows at all: the gradients that start from zero still have to be written.
static void clear(const ek_linear_loss *call, float *dw, float *d_bias) {
    size_t rows = call->transposed ? call->n_count : call->k_count;
    size_t columns = call->transposed ? call->k_count : call->n_count;
    for (size_t row = 0; dw && row < rows; row++) memset(dw + row * call->ldw, 0, columns * sizeof *dw);
    if (d_bias) memset(d_bias, 0, call->n_count * sizeof *d_bias);
}

void ek_linear_loss_backward(const ek_linear_loss *call, const float *d_losses, float *dx, size_t dx_stride, float *dw,
                             float *d_bias, int start) {
    if (ek_loss_skips_rows(call)) {
        backward_without_skipped(call, d_losses, dx, dx_stride, dw, d_bias, start);
    } else if (call->m_count == 0) {
        if (start == EK_ZERO) clear(call, dw, d_bias);
    } else if (call->logits) {
        backward_with_logits(call, d_losses, dx, dx_stride, dw, d_bias, start, call->m_count);
    } else {
        backward_by_recomputing(call, d_losses, dx, dx_stride, dw, d_bias, start);
    }
}
