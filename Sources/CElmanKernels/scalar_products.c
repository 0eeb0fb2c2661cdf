// Matrix products of the scalar level.
#include "scalar.h"

#pragma clang fp contract(off)

static float start_value(const ek_product *p, size_t row, size_t column) {
    switch (p->start) {
    case EK_KEEP: return p->c[row * p->ldc + column];
    case EK_BIAS: return p->bias[column];
    default: return 0;
    }
}

void ek_scalar_gemm_nn(const ek_product *p) {
    for (size_t m = 0; m < p->m_count; m++) {
        for (size_t n = 0; n < p->n_count; n++) {
            float sum = start_value(p, m, n);
            for (size_t k = 0; k < p->k_count; k++) sum = fused(p->a[m * p->lda + k], p->b[k * p->ldb + n], sum);
            p->c[m * p->ldc + n] = sum;
        }
    }
}

static float lane_dot(size_t n, const float *a, const float *b) {
    float lanes[16] = {0};
    for (size_t i = 0; i < n; i++) lanes[i % 16] = fused(a[i], b[i], lanes[i % 16]);
    return fold_lanes(lanes);
}

// In products of the kind nt n_count counts the columns of c (rows of b), and k_count the length of the sum.

void ek_scalar_gemm_dots(const ek_product *p) {
    for (size_t m = 0; m < p->m_count; m++) {
        for (size_t n = 0; n < p->n_count; n++) {
            const float *a = p->a + m * p->lda, *b = p->b + n * p->ldb;
            float sum = start_value(p, m, n);
            for (size_t k = 0; k < p->k_count; k += EK_NT_BLOCK)
                sum += lane_dot(ek_minimum(EK_NT_BLOCK, p->k_count - k), a + k, b + k);
            p->c[m * p->ldc + n] = sum;
        }
    }
}

void ek_scalar_gemm_nt(const ek_product *p) {
    if (p->k_count > EK_NT_SEQUENTIAL) {
        ek_scalar_gemm_dots(p);
        return;
    }
    for (size_t m = 0; m < p->m_count; m++) {
        for (size_t n = 0; n < p->n_count; n++) {
            float sum = start_value(p, m, n);
            for (size_t k = 0; k < p->k_count; k++) sum = fused(p->a[m * p->lda + k], p->b[n * p->ldb + k], sum);
            p->c[m * p->ldc + n] = sum;
        }
    }
}

void ek_scalar_gemm_tn(size_t k_count, size_t n_count, size_t row_count, const float *const *x, const float *const *d,
                       float *c, size_t ldc, int start) {
    for (size_t k = 0; k < k_count; k++) {
        for (size_t n = 0; n < n_count; n++) {
            float sum = start == EK_KEEP ? c[k * ldc + n] : 0;
            for (size_t r = 0; r < row_count; r++) sum = fused(x[r][k], d[r][n], sum);
            c[k * ldc + n] = sum;
        }
    }
}

void ek_scalar_sum_rows(size_t n_count, size_t row_count, const float *const *d, float *out, int start) {
    for (size_t n = 0; n < n_count; n++) {
        float sum = start == EK_KEEP ? out[n] : 0;
        for (size_t r = 0; r < row_count; r++) sum += d[r][n];
        out[n] = sum;
    }
}

static float factor_value(const ek_factor *f, size_t row, size_t column) {
    if (f->transposed) return f->at[(f->first + column) * f->stride + row];
    return (f->rows ? f->rows[row] : f->at + row * f->stride)[f->first + column];
}

void ek_scalar_gemm_blocked(const ek_blocked *p) {
    for (size_t m = 0; m < p->m_count; m++) {
        for (size_t n = 0; n < p->n_count; n++) {
            float *c = p->c + m * p->ldc + n, sum = p->start == EK_KEEP ? *c : p->start == EK_BIAS ? p->bias[n] : 0;
            for (size_t k = 0; k < p->k_count; k++) sum = fused(p->a[m * p->lda + k], factor_value(&p->b, k, n), sum);
            *c = sum;
        }
    }
    if (p->rows_done) p->rows_done(p->context, 0, p->m_count);
}

void ek_scalar_transpose(size_t row_count, size_t column_count, const ek_factor *from, float *to, size_t to_stride) {
    for (size_t row = 0; row < row_count; row++)
        for (size_t column = 0; column < column_count; column++)
            to[column * to_stride + row] = factor_value(from, row, column);
}

void ek_scalar_row(size_t n_count, size_t k_count, const float *a, const float *b, size_t ldb, float *c) {
    for (size_t n = 0; n < n_count; n++) {
        for (size_t k = 0; k < k_count; k++) c[n] = fmaf(a[k], b[k * ldb + n], c[n]);
    }
}

void ek_scalar_row_half(size_t n_count, size_t k_count, const float *a, const uint16_t *b, size_t ldb, float *c) {
    for (size_t n = 0; n < n_count; n++) {
        for (size_t k = 0; k < k_count; k++) {
            uint32_t bits = (uint32_t)b[k * ldb + n] << 16;
            float weight;
            __builtin_memcpy(&weight, &bits, sizeof weight);
            c[n] = fmaf(a[k], weight, c[n]);
        }
    }
}

void ek_scalar_quads(const ek_quads *p) {
    for (size_t m = 0; m < p->m_count; m++) {
        for (size_t n = 0; n < p->n_count; n++) {
            int32_t sum = 0;
            for (size_t q = 0; q < p->quad_count; q++) {
                const int8_t *a = (const int8_t *)(p->a + m * p->lda + q), *b = (const int8_t *)(p->b + q * p->ldb + n);
                for (size_t j = 0; j < 4; j++) sum += a[j] * b[j];
            }
            p->c[m * p->ldc + n] = sum;
        }
    }
}

void ek_scalar_scale_sums(size_t n_count, const int32_t *sums, const int32_t *excess, float factor, const float *scales,
                          const float *start, float *c) {
    for (size_t n = 0; n < n_count; n++)
        c[n] = fused((float)(sums[n] - (excess ? excess[n] : 0)), factor * scales[n], start ? start[n] : 0);
}
