// The exported cells: rows are independent, and batches of them are split over the pool.
#include "kernels.h"

/// Units of hidden state in one task.
enum { TASK_UNITS = 4096 };

typedef struct {
    size_t m_count, rows_per_task;
    ek_lstm_row row;
    size_t gates_stride, c_prev_stride, h_stride, c_stride;
} forward_task;

static size_t rows_per_task(size_t h_count) { return ek_maximum(1, TASK_UNITS / ek_maximum(1, h_count)); }

static void run_forward_rows(void *context, size_t chunk) {
    const forward_task *task = context;
    size_t first = chunk * task->rows_per_task, last = ek_minimum(first + task->rows_per_task, task->m_count);
    for (size_t m = first; m < last; m++) {
        ek_lstm_row row = task->row;
        row.gates += m * task->gates_stride;
        row.c_prev += m * task->c_prev_stride;
        row.h += m * task->h_stride;
        row.c += m * task->c_stride;
        ek_level()->lstm_forward(&row);
    }
}

void ek_lstm_forward(size_t m_count, size_t h_count, float forget_bias, float *gates, size_t gates_stride,
                     const float *c_prev, size_t c_prev_stride, float *h, size_t h_stride, float *c, size_t c_stride) {
    size_t rows = rows_per_task(h_count);
    forward_task task = {m_count, rows, {h_count, forget_bias, gates, c_prev, h, c},
                         gates_stride, c_prev_stride, h_stride, c_stride};
    ek_split(2.0 * (double)(m_count * h_count), (m_count + rows - 1) / rows, run_forward_rows, &task);
}

typedef struct {
    size_t m_count, rows_per_task;
    ek_lstm_gradient_row row;
    size_t gates_stride, c_prev_stride, c_stride, dh_stride, dc_stride, dc_prev_stride;
} backward_task;

static void run_backward_rows(void *context, size_t chunk) {
    const backward_task *task = context;
    size_t first = chunk * task->rows_per_task, last = ek_minimum(first + task->rows_per_task, task->m_count);
    for (size_t m = first; m < last; m++) {
        ek_lstm_gradient_row row = task->row;
        row.gates += m * task->gates_stride;
        row.c_prev += m * task->c_prev_stride;
        row.c += m * task->c_stride;
        row.dh += m * task->dh_stride;
        if (row.dc) row.dc += m * task->dc_stride;
        if (row.dc_prev) row.dc_prev += m * task->dc_prev_stride;
        ek_level()->lstm_backward(&row);
    }
}

void ek_lstm_backward(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *c_prev,
                      size_t c_prev_stride, const float *c, size_t c_stride, const float *dh, size_t dh_stride,
                      const float *dc, size_t dc_stride, float *dc_prev, size_t dc_prev_stride) {
    size_t rows = rows_per_task(h_count);
    backward_task task = {m_count, rows, {h_count, gates, c_prev, c, dh, dc, dc_prev},
                          gates_stride, c_prev_stride, c_stride, dh_stride, dc_stride, dc_prev_stride};
    ek_split(1.5 * (double)(m_count * h_count), (m_count + rows - 1) / rows, run_backward_rows, &task);
}
