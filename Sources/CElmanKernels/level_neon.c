// The level for 64-bit ARM processors: 32 registers of 4 floats.
#if defined(__aarch64__)
#include "kernels.h"

#define LEVEL_NAME "neon"
#define LEVEL_TABLE ek_neon_kernels
#define WIDTH 4
#define REGISTERS 32
#define HAS_FUSED 1

#include "level.inc"
#endif
