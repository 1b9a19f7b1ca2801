// Types of elements that C has no name for.
#ifndef WALLE_NUMBERS_H
#define WALLE_NUMBERS_H

typedef struct { float re, im; } walle_c64;
typedef struct { double re, im; } walle_c128;

#endif
