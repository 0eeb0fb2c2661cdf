// The scalar level: plain loops, kept as the reference for the vector levels, whose bits it reproduces.
#ifndef EK_SCALAR_H
#define EK_SCALAR_H

#include <math.h>

#include "kernels.h"

#define INLINE static inline __attribute__((always_inline, unused))
#define SPLAT(constant) (constant)
typedef float real;
typedef uint32_t whole;

INLINE real fused(real a, real b, real c) { return __builtin_fmaf(a, b, c); }
INLINE real choose(int condition, real a, real b) { return condition ? a : b; }
INLINE whole bits(real x) {
    union {
        real x;
        whole w;
    } both = {.x = x};
    return both.w;
}
INLINE real from_bits(whole w) {
    union {
        whole w;
        real x;
    } both = {.w = w};
    return both.x;
}
INLINE real signed_shift(whole w, int count) { return (real)((int32_t)w >> count); }

/// Sum of 16 partial sums, in the order in which the vector levels fold a vector.
INLINE float fold_lanes(const float lanes[16]) {
    float half[8], quarter[4];
    for (int i = 0; i < 8; i++) half[i] = lanes[i] + lanes[i + 8];
    for (int i = 0; i < 4; i++) quarter[i] = half[i] + half[i + 4];
    return (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
}

void ek_scalar_row(size_t n_count, size_t k_count, const float *a, const float *b, size_t ldb, float *c);
void ek_scalar_row_half(size_t n_count, size_t k_count, const float *a, const uint16_t *b, size_t ldb, float *c);
void ek_scalar_quads(const ek_quads *product);
void ek_scalar_scale_sums(size_t n_count, const int32_t *sums, const int32_t *excess, float factor, const float *scales,
                          const float *start, float *c);
void ek_scalar_gemm_nn(const ek_product *product);
void ek_scalar_gemm_nt(const ek_product *product);
void ek_scalar_gemm_dots(const ek_product *product);
void ek_scalar_gemm_tn(size_t k_count, size_t n_count, size_t row_count, const float *const *x, const float *const *d,
                       float *c, size_t ldc, int start);
void ek_scalar_sum_rows(size_t n_count, size_t row_count, const float *const *d, float *out, int start);
void ek_scalar_gemm_blocked(const ek_blocked *product);
void ek_scalar_transpose(size_t row_count, size_t column_count, const ek_factor *from, float *to, size_t to_stride);

void ek_scalar_gru_after_forward(const ek_gru_row *row);
void ek_scalar_gru_after_backward(const ek_gru_row *row);
void ek_scalar_gru_before_gates(const ek_gru_row *row);
void ek_scalar_gru_before_forward(const ek_gru_row *row);
void ek_scalar_gru_before_backward(const ek_gru_row *row);
void ek_scalar_gru_before_backward_reset(const ek_gru_row *row);

void ek_scalar_memory_write(const ek_memory *memory);
float ek_scalar_memory_write_backward(const ek_memory *memory, const ek_memory_gradient *gradient);

#endif
