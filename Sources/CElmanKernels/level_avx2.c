// The level for processors with AVX2 and fused multiply-add: registers of 8 floats.
#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define LEVEL_NAME "avx2"
#define LEVEL_TABLE ek_avx2_kernels
#define WIDTH 8
#define REGISTERS 16
#define HAS_FUSED 1
#define HAS_PARTIAL 1

typedef float sixteen __attribute__((vector_size(64)));

/// All bits of the first `count` lanes, none where the count is negative.
static inline __attribute__((always_inline)) __m256i mask_of(long count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline __attribute__((always_inline)) __m256 get_piece_part(const float *p, size_t count) {
    return _mm256_maskload_ps(p, mask_of((long)count));
}
static inline __attribute__((always_inline)) void put_piece_part(float *p, __m256 x, size_t count) {
    _mm256_maskstore_ps(p, mask_of((long)count), x);
}
static inline __attribute__((always_inline)) sixteen get_part(const float *p, size_t count) {
    __m256 low = get_piece_part(p, count), high = _mm256_maskload_ps(p + 8, mask_of((long)count - 8));
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
static inline __attribute__((always_inline)) void put_part(float *p, sixteen x, size_t count) {
    put_piece_part(p, __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7), count);
    _mm256_maskstore_ps(p + 8, mask_of((long)count - 8), __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15));
}

#include "level.inc"

#pragma clang attribute pop
#endif
