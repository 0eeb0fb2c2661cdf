// Chooses the SIMD level.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

static const ek_kernels *_Atomic active;
/// What the thread was told to use instead; tests of several levels may run side by side.
static _Thread_local const ek_kernels *own_level;

/// The level of that name, or NULL where this processor lacks it.
static const ek_kernels *find_level(const char *name) {
    if (strcmp(name, "scalar") == 0) return &ek_scalar_kernels;
#if defined(__x86_64__)
    if (strcmp(name, "sse2") == 0) return &ek_sse2_kernels;
    if (strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &ek_avx2_kernels;
    if (strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return &ek_avx512_kernels;
#elif defined(__aarch64__)
    if (strcmp(name, "neon") == 0) return &ek_neon_kernels;
#endif
    return NULL;
}

static const ek_kernels *choose_level(void) {
    const char *forced = getenv("ELMAN_SIMD");
    const ek_kernels *level = forced ? find_level(forced) : NULL;
    static const char *const best_first[] = {"avx512", "avx2", "neon", "sse2", "scalar"};
    for (size_t i = 0; !level; i++) level = find_level(best_first[i]);
    return level;
}

const ek_kernels *ek_level(void) {
    if (own_level) return own_level;
    const ek_kernels *level = atomic_load_explicit(&active, memory_order_relaxed);
    if (!level) {
        level = choose_level();
        atomic_store_explicit(&active, level, memory_order_relaxed);
    }
    return level;
}

const char *ek_simd_level(void) { return ek_level()->name; }

int ek_set_simd_level(const char *name) {
    const ek_kernels *level = find_level(name);
    if (!level) return -1;
    own_level = level;
    return 0;
}

const ek_kernels *ek_own_level(void) { return own_level; }
void ek_set_own_level(const ek_kernels *level) { own_level = level; }
