#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx2,fma,f16c,bmi,bmi2,lzcnt,popcnt"))), apply_to = function)
#define LEVEL(name) avx2_##name
#define LEVEL_NAME "avx2"
#define LEVEL_BYTES 32
#define LEVEL_FUSED 1
#define LEVEL_TILE_ROWS 6
#include "level.inc"
#pragma clang attribute pop
#endif
