// The exported gated recurrent units: rows are independent, and batches of them are split over the pool.
#include "kernels.h"

/// Units of hidden state in one task.
enum { TASK_UNITS = 4096 };

typedef struct {
    size_t m_count, rows_per_task;
    void (*body)(const ek_gru_row *row);
    ek_gru_row row;
    size_t gates_stride, h_prev_stride, in_stride, out_stride;
} gru_task;

static void run_rows(void *context, size_t chunk) {
    const gru_task *task = context;
    size_t first = chunk * task->rows_per_task, last = ek_minimum(first + task->rows_per_task, task->m_count);
    for (size_t m = first; m < last; m++) {
        ek_gru_row row = task->row;
        row.gates += m * task->gates_stride;
        row.h_prev += m * task->h_prev_stride;
        if (row.in) row.in += m * task->in_stride;
        if (row.out) row.out += m * task->out_stride;
        task->body(&row);
    }
}

static void split_rows(gru_task task) {
    task.rows_per_task = ek_maximum(1, TASK_UNITS / ek_maximum(1, task.row.h_count));
    size_t chunks = (task.m_count + task.rows_per_task - 1) / task.rows_per_task;
    ek_split(1.5 * (double)(task.m_count * task.row.h_count), chunks, run_rows, &task);
}

void ek_gru_after_forward(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                          size_t h_prev_stride, float *h, size_t h_stride) {
    split_rows((gru_task){m_count, 0, ek_level()->gru_after_forward, {h_count, gates, h_prev, NULL, h},
                          gates_stride, h_prev_stride, 0, h_stride});
}

void ek_gru_after_backward(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                           size_t h_prev_stride, const float *dh, size_t dh_stride, float *dh_prev, size_t dh_prev_stride) {
    split_rows((gru_task){m_count, 0, ek_level()->gru_after_backward, {h_count, gates, h_prev, dh, dh_prev},
                          gates_stride, h_prev_stride, dh_stride, dh_prev_stride});
}

void ek_gru_before_gates(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                         size_t h_prev_stride, float *reset, size_t reset_stride) {
    split_rows((gru_task){m_count, 0, ek_level()->gru_before_gates, {h_count, gates, h_prev, NULL, reset},
                          gates_stride, h_prev_stride, 0, reset_stride});
}

void ek_gru_before_forward(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                           size_t h_prev_stride, float *h, size_t h_stride) {
    split_rows((gru_task){m_count, 0, ek_level()->gru_before_forward, {h_count, gates, h_prev, NULL, h},
                          gates_stride, h_prev_stride, 0, h_stride});
}

void ek_gru_before_backward(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                            size_t h_prev_stride, const float *dh, size_t dh_stride, float *dh_prev, size_t dh_prev_stride) {
    split_rows((gru_task){m_count, 0, ek_level()->gru_before_backward, {h_count, gates, h_prev, dh, dh_prev},
                          gates_stride, h_prev_stride, dh_stride, dh_prev_stride});
}

void ek_gru_before_backward_reset(size_t m_count, size_t h_count, float *gates, size_t gates_stride, const float *h_prev,
                                  size_t h_prev_stride, const float *d_reset, size_t d_reset_stride, float *dh_prev,
                                  size_t dh_prev_stride) {
    split_rows((gru_task){m_count, 0, ek_level()->gru_before_backward_reset, {h_count, gates, h_prev, d_reset, dh_prev},
                          gates_stride, h_prev_stride, d_reset_stride, dh_prev_stride});
}
