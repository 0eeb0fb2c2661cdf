// Counter-based random numbers: Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
// Block i of four words is a function of (seed, stream, i) alone.
#include <math.h>

#include "kernels.h"

#pragma clang fp contract(off)

/// Blocks that are computed side by side: ten rounds of one alone would wait for each other's multiplications.
enum { SIDE_BY_SIDE = 8, BATCH = 4 * SIDE_BY_SIDE };

/// The words of SIDE_BY_SIDE blocks from `first` on.
static void philox(uint64_t seed, uint64_t stream, uint64_t first, uint32_t words[BATCH]) {
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
    uint32_t a[SIDE_BY_SIDE], b[SIDE_BY_SIDE], c[SIDE_BY_SIDE], d[SIDE_BY_SIDE];
    for (int i = 0; i < SIDE_BY_SIDE; i++) {
        a[i] = (uint32_t)(first + (uint64_t)i), b[i] = (uint32_t)((first + (uint64_t)i) >> 32);
        c[i] = (uint32_t)stream, d[i] = (uint32_t)(stream >> 32);
    }
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < SIDE_BY_SIDE; i++) {
            uint64_t left = (uint64_t)a[i] * 0xD2511F53u, right = (uint64_t)c[i] * 0xCD9E8D57u;
            a[i] = (uint32_t)(right >> 32) ^ b[i] ^ key0;
            b[i] = (uint32_t)right;
            c[i] = (uint32_t)(left >> 32) ^ d[i] ^ key1;
            d[i] = (uint32_t)left;
        }
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    for (int i = 0; i < SIDE_BY_SIDE; i++)
        words[4 * i] = a[i], words[4 * i + 1] = b[i], words[4 * i + 2] = c[i], words[4 * i + 3] = d[i];
}

/// [0, 1) in steps of 2^-24.
static float unit(uint32_t word) { return (float)(word >> 8) * 0x1p-24f; }

void ek_random_uniform(uint64_t seed, uint64_t stream, size_t n, float *out) {
    uint32_t words[BATCH];
    for (size_t first = 0; first < n; first += BATCH) {
        philox(seed, stream, first / 4, words);
        size_t count = ek_minimum(BATCH, n - first);
        for (size_t i = 0; i < count; i++) out[first + i] = unit(words[i]);
    }
}

/// cos and sin of 2π u for u in [0, 1), by Taylor series after reduction to an eighth of a turn: the same bits everywhere.
static void turn(double u, double *cosine, double *sine) {
    int quarter = (int)(u * 4 + 0.5);
    double x = (u - quarter * 0.25) * 6.283185307179586, z = x * x;
    double c = 1 + z * (-1.0 / 2 + z * (1.0 / 24 + z * (-1.0 / 720 + z * (1.0 / 40320 + z * (-1.0 / 3628800)))));
    double s = x * (1 + z * (-1.0 / 6 + z * (1.0 / 120 + z * (-1.0 / 5040 + z * (1.0 / 362880)))));
    switch (quarter & 3) {
    case 0: *cosine = c, *sine = s; break;
    case 1: *cosine = -s, *sine = c; break;
    case 2: *cosine = -c, *sine = -s; break;
    default: *cosine = s, *sine = -c; break;
    }
}

void ek_random_normal(uint64_t seed, uint64_t stream, size_t n, float *out) {
    uint32_t words[BATCH];
    float logs[BATCH / 2];
    for (size_t first = 0; first < n; first += BATCH) {
        philox(seed, stream, first / 4, words);
        size_t count = ek_minimum(BATCH, n - first);
        for (size_t i = 0; i < BATCH / 2; i++) logs[i] = 1 - unit(words[2 * i]);
        ek_scalar_kernels.log(BATCH / 2, logs, logs);  // one level for all: the same bits everywhere
        for (size_t i = 0; i < count; i += 2) {
            double cosine, sine, radius = sqrt(-2.0 * (double)logs[i / 2]);
            turn((double)words[i + 1] * 0x1p-32, &cosine, &sine);
            out[first + i] = (float)(radius * cosine);
            if (i + 1 < count) out[first + i + 1] = (float)(radius * sine);
        }
    }
}

void ek_dropout_mask(uint64_t seed, uint64_t stream, size_t n, float keep, float *out) {
    float kept = 1 / keep;
    uint32_t words[BATCH];
    for (size_t first = 0; first < n; first += BATCH) {
        philox(seed, stream, first / 4, words);
        size_t count = ek_minimum(BATCH, n - first);
        for (size_t i = 0; i < count; i++) out[first + i] = unit(words[i]) < keep ? kept : 0;
    }
}
