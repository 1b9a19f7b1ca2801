// What every CPU of the architecture has: on arm64 that is NEON.
#define LEVEL(name) portable_##name
#if defined(__aarch64__)
#define LEVEL_NAME "neon"
#else
#define LEVEL_NAME "portable"
#endif
#include "level.inc"
