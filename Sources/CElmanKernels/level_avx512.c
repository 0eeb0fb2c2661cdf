// The level for processors with AVX-512: registers of 16 floats, tails by masks.
#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)

#define LEVEL_NAME "avx512"
#define LEVEL_TABLE ek_avx512_kernels
#include "avx512.inc"
#include "level.inc"

#pragma clang attribute pop
#endif
