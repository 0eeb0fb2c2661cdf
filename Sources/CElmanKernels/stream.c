// Products of single rows with weights too large for the near caches, or with weights of 16 bits.
#include "kernels.h"

typedef struct {
    size_t n_count, k_count, strip;
    const float *a, *b;
    const uint16_t *half;  // instead of b
    size_t ldb;
    float *c;
    int start;
    const float *bias;
} row_task;

static void run_strip(void *context, size_t chunk) {
    const row_task *task = context;
    size_t first = chunk * task->strip, count = ek_minimum(task->strip, task->n_count - first);
    float *c = task->c + first;
    if (task->start == EK_ZERO) __builtin_memset(c, 0, count * sizeof *c);
    else if (task->start == EK_BIAS) __builtin_memcpy(c, task->bias + first, count * sizeof *c);
    if (task->half) ek_level()->row_half(count, task->k_count, task->a, task->half + first, task->ldb, c);
    else ek_level()->row(count, task->k_count, task->a, task->b + first, task->ldb, c);
}

/// Columns whose part of c stays in the first-level cache while all rows of b go by.
enum { LONGEST_STRIP = 4096, SHORTEST_STRIP = 512 };

static void split_row(row_task *task) {
    size_t share = ek_round_up(task->n_count / (2 * (size_t)ek_threads()) + 1, 64);
    task->strip = ek_minimum(LONGEST_STRIP, ek_maximum(share, SHORTEST_STRIP));
    ek_split((double)task->n_count * (double)task->k_count / 12, (task->n_count + task->strip - 1) / task->strip, run_strip, task);
}

void ek_stream_row(const ek_product *p) {
    row_task task = {
        .n_count = p->n_count, .k_count = p->k_count, .a = p->a, .b = p->b, .ldb = p->ldb, .c = p->c, .start = p->start,
        .bias = p->bias,
    };
    split_row(&task);
}

void ek_stream_half_row(const ek_product *p, const uint16_t *b, size_t ldb) {
    row_task task = {
        .n_count = p->n_count, .k_count = p->k_count, .a = p->a, .half = b, .ldb = ldb, .c = p->c, .start = p->start,
        .bias = p->bias,
    };
    split_row(&task);
}
