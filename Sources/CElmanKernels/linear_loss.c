// The fused linear layer, log softmax and pick: forward.
//
// Columns of the vocabulary are cut into chunks of EK_LOSS_CHUNK. A task computes the logits of a few chunks and, while they
// are in the cache, each row's maximum and sum of exponentials per chunk; these are combined in the order of the chunks.
#include "linear_loss.h"

#include <string.h>

#pragma clang fp contract(off)

/// Rows of one task: more would gain little, and scratch memory for logits that are not kept grows with them.
enum { TASK_ROWS = 1120, SHORT_TASK_ROWS = 448 };

ek_loss_grid ek_make_loss_grid(const ek_linear_loss *call) {
    ek_loss_grid grid;
    grid.chunk_count = (call->n_count + EK_LOSS_CHUNK - 1) / EK_LOSS_CHUNK;
    double chunk_cost = (double)EK_LOSS_CHUNK * (double)(call->k_count + 16) * (double)(call->m_count + 4) / 50;
    grid.chunks_per_task = ek_minimum(1 + (size_t)(40000 / chunk_cost), grid.chunk_count);
    grid.chunk_tasks = (grid.chunk_count + grid.chunks_per_task - 1) / grid.chunks_per_task;
    grid.rows_per_task = ek_minimum(call->m_count, grid.chunk_tasks >= 8 ? TASK_ROWS : SHORT_TASK_ROWS);
    grid.row_tasks = (call->m_count + grid.rows_per_task - 1) / grid.rows_per_task;
    return grid;
}

// MARK: Skipped rows

int ek_loss_skips_rows(const ek_linear_loss *call) {
    for (size_t m = 0; m < call->m_count; m++)
        if (call->targets[m] < 0) return 1;
    return 0;
}

ek_compact_loss ek_compact(const ek_linear_loss *call, size_t dx_rows_wide) {
    size_t rows = call->m_count, width = call->k_count;
    float *memory = ek_scratch(EK_SCRATCH_COMPACT, rows * (width + dx_rows_wide + 4) * sizeof *memory);
    float *x = memory + 4 * rows;
    int32_t *targets = (int32_t *)(memory + 3 * rows);
    ek_compact_loss compact = {*call, 0, memory + rows, memory + 2 * rows, x + rows * width};
    for (size_t m = 0; m < rows; m++) {
        if (call->targets[m] < 0) continue;
        memcpy(x + compact.row_count * width, call->x + m * call->x_stride, width * sizeof *x);
        targets[compact.row_count] = call->targets[m];
        memory[compact.row_count] = call->log_sums[m];
        compact.row_count += 1;
    }
    compact.call.x = x;
    compact.call.x_stride = width;
    compact.call.targets = targets;
    compact.call.log_sums = memory;
    compact.call.m_count = compact.row_count;
    return compact;
}

static void forward_without_skipped(const ek_linear_loss *call, float *losses) {
    ek_compact_loss compact = ek_compact(call, 0);
    ek_linear_loss_forward(&compact.call, compact.losses);
    for (size_t m = 0, active = 0; m < call->m_count; m++) {
        int skipped = call->targets[m] < 0;
        losses[m] = skipped ? 0 : compact.losses[active];
        call->log_sums[m] = skipped ? 0 : compact.call.log_sums[active];
        active += !skipped;
    }
}

// MARK: Logits

void ek_loss_logits(const ek_linear_loss *call, size_t first_row, size_t row_count, size_t first_column, size_t column_count,
                    float *logits, size_t logits_stride) {
    ek_product product = {
        .m_count = row_count, .n_count = column_count, .k_count = call->k_count,
        .a = call->x + first_row * call->x_stride, .lda = call->x_stride,
        .b = call->w + first_column * (call->transposed ? call->ldw : 1), .ldb = call->ldw,
        .c = logits, .ldc = logits_stride,
        .start = call->bias ? EK_BIAS : EK_ZERO, .bias = call->bias ? call->bias + first_column : NULL,
    };
    (call->transposed ? ek_level()->gemm_nt : ek_level()->gemm_nn)(&product);
}

typedef struct {
    const ek_linear_loss *call;
    ek_loss_grid grid;
    float *maxima, *sums;  // [chunk][row]
    float *picked;         // the target's logit of each row
} forward_task;

/// Maxima, sums of exponentials and targets' logits of one chunk, whose logits begin at `logits`.
static void sum_chunk(const forward_task *task, size_t chunk, size_t first_row, size_t row_count, const float *logits,
                      size_t stride) {
    const ek_linear_loss *call = task->call;
    size_t first = chunk * EK_LOSS_CHUNK, count = ek_minimum(EK_LOSS_CHUNK, call->n_count - first);
    for (size_t i = 0; i < row_count; i++) {
        size_t m = first_row + i, slot = chunk * call->m_count + m;
        ek_level()->chunk_sum(count, logits + i * stride, &task->maxima[slot], &task->sums[slot]);
        size_t target = (size_t)call->targets[m];
        if (target - first < count) task->picked[m] = logits[i * stride + target - first];
    }
}

/// Few rows: one product over all chunks of the task.
static void run_few_rows(const forward_task *task, size_t chunk, size_t chunks, size_t first_row, size_t row_count) {
    const ek_linear_loss *call = task->call;
    size_t first = chunk * EK_LOSS_CHUNK, count = ek_minimum(chunks * EK_LOSS_CHUNK, call->n_count - first);
    size_t stride = call->logits ? call->logits_stride : ek_round_up(count, 16);
    float *logits = call->logits ? call->logits + first_row * stride + first
                                 : ek_scratch(EK_SCRATCH_LOGITS, row_count * stride * sizeof *logits);
    ek_loss_logits(call, first_row, row_count, first, count, logits, stride);
    for (size_t i = 0; i < chunks; i++)
        sum_chunk(task, chunk + i, first_row, row_count, logits + i * EK_LOSS_CHUNK, stride);
}

typedef struct {
    const forward_task *task;
    size_t chunk, first_row, stride;
    const float *logits;
} rows_to_sum;

static void sum_rows_of_chunk(void *context, size_t first_row, size_t row_count) {
    const rows_to_sum *rows = context;
    sum_chunk(rows->task, rows->chunk, rows->first_row + first_row, row_count, rows->logits + first_row * rows->stride,
              rows->stride);
}

/// Many rows: one chunk, summed part by part as its rows are complete.
static void run_many_rows(const forward_task *task, size_t chunk, size_t first_row, size_t row_count) {
    const ek_linear_loss *call = task->call;
    size_t first = chunk * EK_LOSS_CHUNK, stride = call->logits ? call->logits_stride : EK_LOSS_CHUNK;
    float *logits = call->logits ? call->logits + first_row * stride + first
                                 : ek_scratch(EK_SCRATCH_LOGITS, row_count * stride * sizeof *logits);
    rows_to_sum rows = {task, chunk, first_row, stride, logits};
    ek_blocked product = {
        .m_count = row_count, .n_count = ek_minimum(EK_LOSS_CHUNK, call->n_count - first), .k_count = call->k_count,
        .a = call->x + first_row * call->x_stride, .lda = call->x_stride,
        .b = {.at = call->w, .stride = call->ldw, .first = first}, .c = logits, .ldc = stride,
        .start = call->bias ? EK_BIAS : EK_ZERO, .bias = call->bias ? call->bias + first : NULL,
        .rows_done = sum_rows_of_chunk, .context = &rows,
    };
    ek_level()->gemm_blocked(&product);
}

static void run_forward_task(void *context, size_t index) {
    const forward_task *task = context;
    const ek_loss_grid *grid = &task->grid;
    size_t chunk = index % grid->chunk_tasks * grid->chunks_per_task;
    size_t chunks = ek_minimum(grid->chunks_per_task, grid->chunk_count - chunk);
    size_t first_row = index / grid->chunk_tasks * grid->rows_per_task;
    size_t row_count = ek_minimum(grid->rows_per_task, task->call->m_count - first_row);
    if (row_count < EK_BLOCKED_ROWS || task->call->transposed) {
        run_few_rows(task, chunk, chunks, first_row, row_count);
    } else {
        for (size_t i = 0; i < chunks; i++) run_many_rows(task, chunk + i, first_row, row_count);
    }
}

void ek_linear_loss_forward(const ek_linear_loss *call, float *losses) {
    if (ek_loss_skips_rows(call)) return forward_without_skipped(call, losses);
    if (call->m_count == 0) return;
    forward_task task = {.call = call, .grid = ek_make_loss_grid(call), .picked = losses};
    size_t partial_sums = task.grid.chunk_count * call->m_count;
    task.maxima = ek_scratch(EK_SCRATCH_SUMS, 2 * partial_sums * sizeof *task.maxima);
    task.sums = task.maxima + partial_sums;
    double cost = (double)call->n_count * (double)(call->m_count + 4) * (double)(call->k_count + 16) / 50;
    ek_split(cost, task.grid.chunk_tasks * task.grid.row_tasks, run_forward_task, &task);
    ek_level()->combine_sums(call->m_count, task.grid.chunk_count, task.maxima, task.sums, call->log_sums);
    for (size_t m = 0; m < call->m_count; m++) losses[m] = call->log_sums[m] - losses[m];
}
