// The exported memories that are matrices: one head of one row each.
#include "kernels.h"

void ek_memory_write(const ek_memory *memory) { ek_level()->memory_write(memory); }

float ek_memory_write_backward(const ek_memory *memory, const ek_memory_gradient *gradient) {
    return ek_level()->memory_write_backward(memory, gradient);
}

void ek_memory_read(size_t key_count, size_t value_count, const float *weights, const float *from, float *read) {
    for (size_t v = 0; v < value_count; v++) read[v] = 0;
    ek_level()->row(value_count, key_count, weights, from, value_count, read);
}

void ek_memory_read_backward(size_t key_count, size_t value_count, const float *weights, const float *from,
                             const float *d_read, float *d_weights, float *d_from) {
    const ek_kernels *level = ek_level();
    for (size_t k = 0; k < key_count; k++) {
        d_weights[k] += level->dot(value_count, d_read, from + k * value_count);
        level->scale_accumulate(value_count, weights[k], d_read, d_from + k * value_count);
    }
}
