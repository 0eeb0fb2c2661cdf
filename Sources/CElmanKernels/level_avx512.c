// The level for processors with AVX-512: registers of 16 floats, tails by masks.
#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)

#define LEVEL_NAME "avx512"
#define LEVEL_TABLE ek_avx512_kernels
#define WIDTH 16
#define REGISTERS 32
#define HAS_FUSED 1
#define HAS_PARTIAL 1
#define HAS_FREE_MASKS 1

static inline __attribute__((always_inline)) __mmask16 mask_of(size_t count) { return (__mmask16)((1u << count) - 1); }
static inline __attribute__((always_inline)) __m512 get_part(const float *p, size_t count) {
    return _mm512_maskz_loadu_ps(mask_of(count), p);
}
static inline __attribute__((always_inline)) void put_part(float *p, __m512 x, size_t count) {
    _mm512_mask_storeu_ps(p, mask_of(count), x);
}
#define get_piece_part get_part
#define put_piece_part put_part

#include "level.inc"

#pragma clang attribute pop
#endif
