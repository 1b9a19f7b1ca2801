// Pieces of Fourier transforms, over vectors: the planning is in Swift.
//
// An engine works on elements of `lanes` complex numbers: first their real parts, then their imaginary parts. These are
// numbers of different transforms, which go through the same operations. An engine of one lane has one transform, and
// vectors within it.
//
// Passes are those of Stockham's self-sorting algorithm, decimated in frequency: no order of bits is reversed. All
// transforms are forward ones; a backward transform is one with exchanged parts. All is computed in double precision.
#ifndef WALLE_FFT_H
#define WALLE_FFT_H

#include <stdbool.h>
#include <stddef.h>

/// `out[q + stride * (radix * p + j)] = w[p][j] * Σ in[q + stride * (p + groups * k)] * exp(-2πi * j * k / radix)` for `p`
/// below `groups` and `q` below `stride`.
typedef struct {
    ptrdiff_t radix, groups, stride;
    /// `radix - 1` complex numbers for each `p`, of `j` from 1 on; not read in the last pass, where `groups` is 1.
    const void *twiddles;
    /// Cosines, then sines, of `2π * k / radix`; only for radices without a kernel of their own.
    const void *roots;
} walle_fft_pass;

/// Complex numbers in the memory of arrays: parts and strides in bytes.
typedef struct {
    /// Of the first element of the first line.
    void *re, *im;
    /// From one element to the next, and from one line to the next.
    ptrdiff_t element, line;
    /// How many of an engine's lanes are used.
    ptrdiff_t lines;
} walle_fft_lines;

typedef struct {
    ptrdiff_t lanes;
    /// Radices up to `walle_fft_largest_radix`.
    void (*pass)(const walle_fft_pass *pass, const void *in, void *out);
    /// Reads `count` elements; without imaginary parts, these are 0. Lanes that are not used repeat the last line.
    void (*gather)(ptrdiff_t count, const walle_fft_lines *in, void *out);
    /// Writes `count` elements times `scale`; without imaginary parts, these are left out.
    void (*scatter)(ptrdiff_t count, const void *in, double scale, const walle_fft_lines *out);
    /// The same from and to float32.
    void (*narrow_gather)(ptrdiff_t count, const walle_fft_lines *in, void *out);
    void (*narrow_scatter)(ptrdiff_t count, const void *in, double scale, const walle_fft_lines *out);
    /// The spectrum of 2 * `half` real numbers, `half + 1` elements, from that of pairs of them as complex numbers.
    /// `twiddles[k]` is `exp(-πi * k / half)` for `k` up to `half / 2`.
    void (*untangle)(ptrdiff_t half, const void *in, const void *twiddles, void *out);
    /// The inverse, times 2, with exchanged parts.
    void (*tangle)(ptrdiff_t half, const void *in, const void *twiddles, void *out);
    /// One transform of `lanes * count` from transforms of each lane, every `lanes`-th number of it: contiguous complex
    /// numbers times `scale`, with exchanged parts if asked. `count` is at least `lanes`; `twiddles` are `count` elements, `exp(-2πi * lane * k / (lanes *
    /// count))`. NULL for an engine of one lane.
    void (*combine)(
        ptrdiff_t count, const void *in, const void *twiddles, double scale, bool exchange, void *out);
    /// Multiplies element by element.
    void (*multiply)(ptrdiff_t count, const void *factors, void *inout);
} walle_fft_engine;

enum { walle_fft_largest_radix = 61, walle_fft_most_engines = 4 };

/// Of decreasing lanes, the last of one lane.
typedef struct {
    ptrdiff_t count;
    walle_fft_engine engines[walle_fft_most_engines];
} walle_fft;

#endif
