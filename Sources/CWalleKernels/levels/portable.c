// What every CPU of the architecture has: on arm64 that is NEON.
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define LEVEL(name) portable_##name
#define LEVEL_BYTES 16
#if defined(__aarch64__)
#define LEVEL_NAME "neon"
#define LEVEL_FUSED 1
#define LEVEL_TILE_ROWS 12
#else
#define LEVEL_NAME "portable"
#define LEVEL_FUSED 0
#define LEVEL_TILE_ROWS 6
#endif
#include "level.inc"
