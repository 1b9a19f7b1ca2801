#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,fma,f16c,bmi,bmi2,lzcnt,popcnt"))), \
    apply_to = function)
#define LEVEL(name) avx512_##name
#define LEVEL_NAME "avx512"
#define LEVEL_BYTES 64
#define LEVEL_FUSED 1
#define LEVEL_TILE_ROWS 12
#include "level.inc"
#pragma clang attribute pop
#endif
