// Sums of products of bytes for processors with AVX512_VNNI, whose instruction adds four of them to each sum. It takes the bytes of
// one factor as numbers without sign: those of a come with 128 added.
#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma"))), \
                             apply_to = function)
#pragma clang fp contract(off)
#pragma clang diagnostic ignored "-Wpsabi"  // vectors are passed to inlined functions alone
#pragma clang diagnostic ignored "-Wunused-function"

#include "avx512.inc"
#include "vector.inc"
#include "tile.inc"

#define ADD_QUADS(sum, a, b) ((piece_sums)_mm512_dpbusd_epi32((__m512i)(sum), _mm512_set1_epi32(a), (__m512i)(b)))
#include "quads.inc"

#pragma clang attribute pop

ek_quads_function ek_avx512_quads(void) { return __builtin_cpu_supports("avx512vnni") ? level_quads : NULL; }
#endif
