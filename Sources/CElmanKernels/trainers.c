// The exported trainers: one pass over the parameters, split in blocks of fixed size.
#include "kernels.h"

enum { BLOCK = 1 << 14 };

enum trainer { SGD, MOMENTUM, ADAGRAD, ADADELTA, RMSPROP, ADAM };

typedef struct {
    enum trainer trainer;
    size_t n;
    float *p;
    const float *g;
    float *first, *second, *third;  // moments, as many as the trainer has
    ek_step step;
} trainer_task;

static float *at(float *moments, size_t offset) { return moments ? moments + offset : NULL; }

static void run_trainer_block(void *context, size_t block) {
    const trainer_task *task = context;
    const ek_kernels *level = ek_level();
    size_t offset = block * BLOCK, n = ek_minimum(BLOCK, task->n - offset);
    float *p = task->p + offset;
    const float *g = task->g + offset;
    float *first = at(task->first, offset), *second = at(task->second, offset), *third = at(task->third, offset);
    switch (task->trainer) {
    case SGD: level->sgd(n, p, g, &task->step); break;
    case MOMENTUM: level->momentum(n, p, g, first, &task->step); break;
    case ADAGRAD: level->adagrad(n, p, g, first, &task->step); break;
    case ADADELTA: level->adadelta(n, p, g, first, second, &task->step); break;
    case RMSPROP: level->rmsprop(n, p, g, first, &task->step); break;
    case ADAM: level->adam(n, p, g, first, second, third, &task->step); break;
    }
}

static void train(trainer_task task) {
    ek_split(0.3 * (double)task.n, (task.n + BLOCK - 1) / BLOCK, run_trainer_block, &task);
}

void ek_sgd(size_t n, float *p, const float *g, float scale, float rate) {
    train((trainer_task){.trainer = SGD, n, p, g, .step = {.scale = scale, .rate = rate}});
}

void ek_momentum(size_t n, float *p, const float *g, float *v, float scale, float rate, float momentum) {
    train((trainer_task){.trainer = MOMENTUM, n, p, g, v, .step = {.scale = scale, .rate = rate, .beta1 = momentum}});
}

void ek_adagrad(size_t n, float *p, const float *g, float *a, float scale, float rate, float epsilon) {
    train((trainer_task){.trainer = ADAGRAD, n, p, g, a, .step = {.scale = scale, .rate = rate, .epsilon = epsilon}});
}

void ek_adadelta(size_t n, float *p, const float *g, float *a, float *d, float scale, float rate, float epsilon, float rho) {
    ek_step step = {.scale = scale, .rate = rate, .beta1 = rho, .epsilon = epsilon};
    train((trainer_task){.trainer = ADADELTA, n, p, g, a, d, .step = step});
}

void ek_rmsprop(size_t n, float *p, const float *g, float *a, float scale, float rate, float epsilon, float rho) {
    ek_step step = {.scale = scale, .rate = rate, .beta1 = rho, .epsilon = epsilon};
    train((trainer_task){.trainer = RMSPROP, n, p, g, a, .step = step});
}

void ek_adam(size_t n, float *p, const float *g, float *m, float *v, float *v_max, float scale, float rate, float beta1,
             float beta2, float epsilon, float decay) {
    ek_step step = {scale, rate, beta1, beta2, epsilon, decay};
    train((trainer_task){.trainer = ADAM, n, p, g, m, v, v_max, .step = step});
}
