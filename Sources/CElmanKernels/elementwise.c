// The exported elementwise functions: long arrays are split over the pool in blocks of fixed size.
#include "kernels.h"

#pragma clang fp contract(off)

enum { BLOCK = 1 << 13 };

enum operation { EXP, LOG, TANH, SIGMOID, ADD, MULTIPLY, ACCUMULATE, SCALE_ACCUMULATE, MULTIPLY_ACCUMULATE,
                 TANH_GRADIENT, SIGMOID_GRADIENT };

typedef struct {
    enum operation operation;
    size_t n;
    float s;
    const float *a, *b;
    float *y;
} elementwise_task;

static void run_elementwise_block(void *context, size_t block) {
    const elementwise_task *task = context;
    const ek_kernels *level = ek_level();
    size_t first = block * BLOCK, n = ek_minimum(BLOCK, task->n - first);
    const float *a = task->a + first, *b = task->b ? task->b + first : NULL;
    float *y = task->y + first;
    switch (task->operation) {
    case EXP: level->exp(n, a, y); break;
    case LOG: level->log(n, a, y); break;
    case TANH: level->tanh(n, a, y); break;
    case SIGMOID: level->sigmoid(n, a, y); break;
    case ADD: level->add(n, a, b, y); break;
    case MULTIPLY: level->multiply(n, a, b, y); break;
    case ACCUMULATE: level->accumulate(n, a, y); break;
    case SCALE_ACCUMULATE: level->scale_accumulate(n, task->s, a, y); break;
    case MULTIPLY_ACCUMULATE: level->multiply_accumulate(n, a, b, y); break;
    case TANH_GRADIENT: level->tanh_gradient(n, a, b, y); break;
    case SIGMOID_GRADIENT: level->sigmoid_gradient(n, a, b, y); break;
    }
}

/// `cost`: nanoseconds per element.
static void split_elements(double cost, elementwise_task task) {
    ek_split(cost * (double)task.n, (task.n + BLOCK - 1) / BLOCK, run_elementwise_block, &task);
}

void ek_exp(size_t n, const float *x, float *y) { split_elements(0.4, (elementwise_task){EXP, n, 0, x, NULL, y}); }
void ek_log(size_t n, const float *x, float *y) { split_elements(0.5, (elementwise_task){LOG, n, 0, x, NULL, y}); }
void ek_tanh(size_t n, const float *x, float *y) { split_elements(0.4, (elementwise_task){TANH, n, 0, x, NULL, y}); }
void ek_sigmoid(size_t n, const float *x, float *y) { split_elements(0.5, (elementwise_task){SIGMOID, n, 0, x, NULL, y}); }
void ek_add(size_t n, const float *a, const float *b, float *y) {
    split_elements(0.1, (elementwise_task){ADD, n, 0, a, b, y});
}
void ek_multiply(size_t n, const float *a, const float *b, float *y) {
    split_elements(0.1, (elementwise_task){MULTIPLY, n, 0, a, b, y});
}
void ek_accumulate(size_t n, const float *x, float *y) {
    split_elements(0.1, (elementwise_task){ACCUMULATE, n, 0, x, NULL, y});
}
void ek_scale_accumulate(size_t n, float s, const float *x, float *y) {
    split_elements(0.1, (elementwise_task){SCALE_ACCUMULATE, n, s, x, NULL, y});
}
void ek_multiply_accumulate(size_t n, const float *a, const float *b, float *y) {
    split_elements(0.1, (elementwise_task){MULTIPLY_ACCUMULATE, n, 0, a, b, y});
}
void ek_tanh_gradient(size_t n, const float *y, const float *dy, float *dx) {
    split_elements(0.15, (elementwise_task){TANH_GRADIENT, n, 0, y, dy, dx});
}
void ek_sigmoid_gradient(size_t n, const float *y, const float *dy, float *dx) {
    split_elements(0.15, (elementwise_task){SIGMOID_GRADIENT, n, 0, y, dy, dx});
}

// MARK: Sums: one partial result per block of fixed size, added in order

enum reduction { SUM, SUM_SQUARES, ALL_FINITE };

typedef struct {
    enum reduction reduction;
    size_t n;
    const float *x;
    double *partial;
} reduction_task;

static void run_reduction_block(void *context, size_t block) {
    const reduction_task *task = context;
    size_t first = block * BLOCK, n = ek_minimum(BLOCK, task->n - first);
    const float *x = task->x + first;
    switch (task->reduction) {
    case SUM: task->partial[block] = ek_level()->sum(n, x); break;
    case SUM_SQUARES: task->partial[block] = ek_level()->sum_squares(n, x); break;
    case ALL_FINITE: task->partial[block] = !ek_level()->all_finite(n, x); break;
    }
}

static double reduce(enum reduction reduction, size_t n, const float *x) {
    size_t blocks = (n + BLOCK - 1) / BLOCK;
    double small[16];
    double *partial = blocks <= 16 ? small : ek_scratch(EK_SCRATCH_SUMS, blocks * sizeof *partial);
    reduction_task task = {reduction, n, x, partial};
    ek_split(0.1 * (double)n, blocks, run_reduction_block, &task);
    double sum = 0;
    for (size_t block = 0; block < blocks; block++) sum += partial[block];
    return sum;
}

double ek_sum(size_t n, const float *x) { return reduce(SUM, n, x); }
double ek_sum_squares(size_t n, const float *x) { return reduce(SUM_SQUARES, n, x); }
int ek_all_finite(size_t n, const float *x) { return reduce(ALL_FINITE, n, x) == 0; }
float ek_dot(size_t n, const float *a, const float *b) { return ek_level()->dot(n, a, b); }
