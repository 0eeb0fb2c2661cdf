// Blocked products of bfloat16 for processors with AVX512_BF16, whose instruction adds two products to each float at once.
//
// It adds the product of the upper halves first and that of the lower halves then, each by a fused multiply-add to the nearest
// (measured on Zen 4: no difference in 4,000,000 random sums), so that pairs hold the earlier number above and sums run in
// ascending order, with the bits of float products of the rounded numbers. It takes numbers below the normal ones for 0.
#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma"))), \
                             apply_to = function)
#pragma clang fp contract(off)
#pragma clang diagnostic ignored "-Wpsabi"  // vectors are passed to inlined functions alone
#pragma clang diagnostic ignored "-Wunused-function"

#include "avx512.inc"
#include "vector.inc"
#include "transpose.inc"
#include "tile.inc"
#include "packing.inc"

// MARK: Pairs

/// 16 pairs: those of `earlier` above, those of `later` below.
INLINE real pairs_of(real earlier, real later) {
    __m512i halves = (__m512i)_mm512_cvtne2ps_pbh((__m512)earlier, (__m512)later);
    const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20,
                                           4, 19, 3, 18, 2, 17, 1, 16, 0);
    return (real)_mm512_permutexvar_epi16(order, halves);
}

/// 32 neighbours, of which `count` exist, as 16 pairs.
INLINE real neighbours(const float *from, size_t count) {
    real first = get(from, ek_minimum(count, LANES)), second = count > LANES ? get(from + LANES, count - LANES) : (real){0};
    return (real)_mm512_rol_epi32((__m512i)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first), 16);
}

/// Rows of pairs of neighbours, the last filled up with zeros.
static void pair_rows(size_t row_count, size_t length, const float *from, size_t stride, float *to, size_t to_stride) {
    for (size_t r = 0; r < row_count; r++) {
        for (size_t k = 0; k < length; k += 2 * LANES)
            put(to + r * to_stride + k / 2, neighbours(from + r * stride + k, ek_minimum(2 * LANES, length - k)), LANES);
    }
}

static void pack_transposed_pairs(const ek_factor *f, size_t n, size_t columns, size_t k, size_t steps, float *to) {
    for (size_t j = 0; j < columns; j += SLIVER_COLUMNS, to += sliver_size(steps)) {
        for (size_t half = j; half < ek_minimum(columns, j + SLIVER_COLUMNS); half += LANES) {
            for (size_t step = 0; step < steps; step += LANES) {
                size_t first = 2 * (k + step), count = ek_minimum(ek_minimum(LANES, steps - step) * 2, f->pair_limit - first);
                real x[LANES];
                UNROLLED for (size_t i = 0; i < LANES; i++) {
                    size_t row = f->first + n + ek_minimum(half + i, columns - 1);
                    x[i] = neighbours(f->at + row * f->stride + first, count);
                }
                transpose_square(x);
                for (size_t i = 0; i < ek_minimum(LANES, steps - step); i++)
                    put(to + (step + i) * SLIVER_COLUMNS + half - j, x[i], LANES);
            }
        }
    }
}

/// Packs the pairs k..<k + steps of some columns into slivers.
static void pack_pairs(const ek_factor *f, size_t n, size_t columns, size_t k, size_t steps, float *to) {
    if (f->transposed) {
        pack_transposed_pairs(f, n, columns, k, steps, to);
        return;
    }
    for (size_t step = 0; step < steps; step++, to += SLIVER_COLUMNS) {
        size_t row = 2 * (k + step), has_later = row + 1 < f->pair_limit;
        const float *earlier = factor_row(f, row) + n, *later = has_later ? factor_row(f, row + 1) + n : earlier;
        if (row + ROWS_AHEAD + 1 < f->pair_limit) {
            const float *ahead = factor_row(f, row + ROWS_AHEAD) + n, *next = factor_row(f, row + ROWS_AHEAD + 1) + n;
            for (size_t i = 0; i < columns; i += LANES) {
                __builtin_prefetch(ahead + i);
                __builtin_prefetch(next + i);
            }
        }
        float *place = to;
        for (size_t j = 0; j < columns; j += SLIVER_COLUMNS, place += sliver_size(steps)) {
            for (size_t i = 0; i < SLIVER_COLUMNS && j + i < columns; i += LANES) {
                size_t count = ek_minimum(LANES, columns - j - i);
                real second = has_later ? get(later + j + i, count) : (real){0};
                put(place + i, pairs_of(get(earlier + j + i, count), second), LANES);
            }
        }
    }
}

// MARK: Products: elements of a and b are pairs

#define BROADCAST(element) ((piece)_mm512_set1_epi32(*(const int __attribute__((may_alias)) *)(element)))
#define ADD_PRODUCT(a, b, c) ((piece)_mm512_dpbf16_ps((__m512)(c), (__m512bh)(a), (__m512bh)(b)))
#define PACK_RIGHT pack_pairs

#include "blocked.inc"

static void multiply_pairs(const ek_blocked *p) {
    size_t pairs = (p->k_count + 1) / 2, stride = ek_round_up(pairs, LANES);
    if (rows_collide(stride)) stride += LANES;
    float *a = ek_scratch(EK_SCRATCH_PAIRS, (p->m_count * stride + LANES) * sizeof *a);
    pair_rows(p->m_count, p->k_count, p->a, p->lda, a, stride);
    ek_blocked paired = *p;
    paired.a = a;
    paired.lda = stride;
    paired.k_count = pairs;
    paired.b.pair_limit = p->k_count;
    level_gemm_blocked(&paired);
}

#pragma clang attribute pop

const ek_pair_kernels *ek_avx512_pair_kernels(void) {
    static const ek_pair_kernels kernels = {.blocked = multiply_pairs};
    return __builtin_cpu_supports("avx512bf16") ? &kernels : NULL;
}
#endif
