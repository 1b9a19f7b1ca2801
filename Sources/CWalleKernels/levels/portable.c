// What every CPU of the architecture has: on arm64 that is NEON.
#define LEVEL(name) portable_##name
#if defined(__aarch64__)
#define LEVEL_NAME "neon"
#else
#define LEVEL_NAME "portable"
#endif
#define LEVEL_VECTOR_BYTES 16
#if defined(__aarch64__)
#define LEVEL_FMA 1
#define LEVEL_TILE_ROWS 12
#else
#define LEVEL_FMA 0
#define LEVEL_TILE_ROWS 6
#endif
#include "level.inc"
