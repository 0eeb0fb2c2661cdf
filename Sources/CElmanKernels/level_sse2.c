// The level that every x86-64 processor has: registers of 4 floats, no fused multiply-add.
#if defined(__x86_64__)
#include "kernels.h"

#define LEVEL_NAME "sse2"
#define LEVEL_TABLE ek_sse2_kernels
#define WIDTH 4
#define REGISTERS 16

#include "level.inc"
#endif
