// Memories that are matrices, one head of a row: the plain form, whose bits the vector levels reproduce.
#include "scalar.h"

#pragma clang fp contract(off)

/// to[k] = old from[k] + shares[k] values, and read = Σ_k query[k] to[k].
void ek_scalar_memory_write(const ek_memory *memory) {
    size_t n = memory->value_count;
    for (size_t v = 0; v < n; v++) {
        float read = 0;
        for (size_t k = 0; k < memory->key_count; k++) {
            float to = fused(memory->old, memory->from[k * n + v], memory->shares[k] * memory->values[v]);
            memory->to[k * n + v] = to;
            read = fused(memory->query[k], to, read);
        }
        memory->read[v] = read;
    }
}

/// With d = d_to + query d_read, the whole gradient of `to`: d_from += old d, d_values = Σ_k shares[k] d[k],
/// d_shares[k] = d[k] · values, d_query[k] = d_read · to[k]. Returns the gradient of `old`, Σ_k d[k] · from[k].
float ek_scalar_memory_write_backward(const ek_memory *memory, const ek_memory_gradient *gradient) {
    size_t n = memory->value_count;
    float d_old = 0;
    for (size_t v = 0; v < n; v++) gradient->d_values[v] = 0;
    for (size_t k = 0; k < memory->key_count; k++) {
        float of_query[16] = {0}, of_share[16] = {0}, of_old[16] = {0};
        for (size_t v = 0; v < n; v++) {
            size_t i = k * n + v;
            float d_read = gradient->d_read[v], d = fused(memory->query[k], d_read, gradient->d_to[i]);
            of_query[v % 16] = fused(d_read, memory->to[i], of_query[v % 16]);
            of_share[v % 16] = fused(d, memory->values[v], of_share[v % 16]);
            of_old[v % 16] = fused(d, memory->from[i], of_old[v % 16]);
            gradient->d_values[v] = fused(memory->shares[k], d, gradient->d_values[v]);
            gradient->d_from[i] = fused(memory->old, d, gradient->d_from[i]);
        }
        gradient->d_query[k] = fold_lanes(of_query);
        gradient->d_shares[k] = fold_lanes(of_share);
        d_old += fold_lanes(of_old);
    }
    return d_old;
}
