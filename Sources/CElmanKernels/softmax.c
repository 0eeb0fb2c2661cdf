// The exported softmax functions, row by row. log Σ exp is taken over chunks of EK_LOSS_CHUNK columns, exactly as in
// linear_loss.c, so that -log_softmax(z)[target] has the bits of the fused loss.
#include "kernels.h"

#pragma clang fp contract(off)

/// Values in one task.
enum { TASK_VALUES = 8192 };

enum operation { SOFTMAX, LOG_SOFTMAX, LOG_SUM_EXP };

typedef struct {
    enum operation operation;
    size_t m_count, n_count, rows_per_task;
    const float *x;
    size_t x_stride;
    float *y;
    size_t y_stride;
} softmax_task;

static float row_log_sum(size_t n_count, const float *x) {
    const ek_kernels *level = ek_level();
    size_t chunks = (n_count + EK_LOSS_CHUNK - 1) / EK_LOSS_CHUNK;
    float *maxima = ek_scratch(EK_SCRATCH_SUMS, 2 * chunks * sizeof *maxima), *sums = maxima + chunks, result;
    for (size_t i = 0; i < chunks; i++) {
        size_t first = i * EK_LOSS_CHUNK;
        level->chunk_sum(ek_minimum(EK_LOSS_CHUNK, n_count - first), x + first, &maxima[i], &sums[i]);
    }
    level->combine_sums(1, chunks, maxima, sums, &result);
    return result;
}

static void run_softmax_rows(void *context, size_t chunk) {
    const softmax_task *task = context;
    const ek_kernels *level = ek_level();
    size_t first = chunk * task->rows_per_task, last = ek_minimum(first + task->rows_per_task, task->m_count);
    for (size_t m = first; m < last; m++) {
        const float *x = task->x + m * task->x_stride;
        float *y = task->y + m * task->y_stride;
        switch (task->operation) {
        case SOFTMAX: level->softmax_row(task->n_count, x, y); break;
        case LOG_SOFTMAX: level->subtract(task->n_count, x, row_log_sum(task->n_count, x), y); break;
        case LOG_SUM_EXP: *y = row_log_sum(task->n_count, x); break;
        }
    }
}

static void split_rows(softmax_task task) {
    if (task.n_count == 0) return;
    task.rows_per_task = ek_maximum(1, TASK_VALUES / task.n_count);
    size_t tasks = (task.m_count + task.rows_per_task - 1) / task.rows_per_task;
    ek_split((double)(task.m_count * task.n_count), tasks, run_softmax_rows, &task);
}

void ek_softmax(size_t m_count, size_t n_count, const float *x, size_t x_stride, float *y, size_t y_stride) {
    split_rows((softmax_task){SOFTMAX, m_count, n_count, 0, x, x_stride, y, y_stride});
}

void ek_log_softmax(size_t m_count, size_t n_count, const float *x, size_t x_stride, float *y, size_t y_stride) {
    split_rows((softmax_task){LOG_SOFTMAX, m_count, n_count, 0, x, x_stride, y, y_stride});
}

void ek_log_sum_exp(size_t m_count, size_t n_count, const float *x, size_t x_stride, float *out) {
    split_rows((softmax_task){LOG_SUM_EXP, m_count, n_count, 0, x, x_stride, out, 1});
}
