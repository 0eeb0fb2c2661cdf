// Counter-based random numbers: Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
// Block i of four words is a function of (seed, stream, i) alone.
#include <math.h>

#include "kernels.h"

#pragma clang fp contract(off)

typedef struct {
    uint32_t word[4];
} random_block;

static random_block philox(uint64_t seed, uint64_t stream, uint64_t index) {
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
    uint32_t a = (uint32_t)index, b = (uint32_t)(index >> 32), c = (uint32_t)stream, d = (uint32_t)(stream >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t left = (uint64_t)a * 0xD2511F53u, right = (uint64_t)c * 0xCD9E8D57u;
        a = (uint32_t)(right >> 32) ^ b ^ key0;
        b = (uint32_t)right;
        c = (uint32_t)(left >> 32) ^ d ^ key1;
        d = (uint32_t)left;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return (random_block){{a, b, c, d}};
}

/// [0, 1) in steps of 2^-24.
static float unit(uint32_t word) { return (float)(word >> 8) * 0x1p-24f; }

void ek_random_uniform(uint64_t seed, uint64_t stream, size_t n, float *out) {
    for (size_t first = 0; first < n; first += 4) {
        random_block block = philox(seed, stream, first / 4);
        for (size_t i = 0; i < 4 && first + i < n; i++) out[first + i] = unit(block.word[i]);
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
    for (size_t first = 0; first < n; first += 4) {
        random_block block = philox(seed, stream, first / 4);
        float radii[2] = {1 - unit(block.word[0]), 1 - unit(block.word[2])};
        ek_scalar_kernels.log(2, radii, radii);  // one level for all: the same bits everywhere
        for (size_t i = 0; i < 4 && first + i < n; i += 2) {
            double cosine, sine, radius = sqrt(-2.0 * (double)radii[i / 2]);
            turn((double)block.word[i + 1] * 0x1p-32, &cosine, &sine);
            out[first + i] = (float)(radius * cosine);
            if (first + i + 1 < n) out[first + i + 1] = (float)(radius * sine);
        }
    }
}

void ek_dropout_mask(uint64_t seed, uint64_t stream, size_t n, float keep, float *out) {
    float kept = 1 / keep;
    for (size_t first = 0; first < n; first += 4) {
        random_block block = philox(seed, stream, first / 4);
        for (size_t i = 0; i < 4 && first + i < n; i++) out[first + i] = unit(block.word[i]) < keep ? kept : 0;
    }
}
