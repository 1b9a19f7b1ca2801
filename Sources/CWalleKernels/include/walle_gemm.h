// Pieces of matrix products: tiles in registers, packing, and what finishes a tile. The blocked driver is in Swift.
//
// After Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication", and Van Zee and van de Geijn
// 2015, "BLIS: a framework for rapidly instantiating BLAS functionality".
//
// Here strides count elements, not bytes; any sign, and 0, are allowed for what is only read. With `beta` 0, C is not
// read. Sums run in order of depth with fused multiply-add where the CPU has it. `alpha` and `beta` are rounded to the
// element's type.
#ifndef WALLE_GEMM_H
#define WALLE_GEMM_H

#include <stddef.h>

/// `C = alpha * A * B + beta * C`, whose rows of B and C are contiguous.
typedef struct {
    ptrdiff_t depth;
    const void *a;
    ptrdiff_t a_row, a_column;
    const void *b;
    ptrdiff_t b_row;
    void *c;
    ptrdiff_t c_row;
    double alpha, beta;
} walle_gemm_tile;

/// Any strides; slow.
typedef struct {
    ptrdiff_t rows, columns, depth;
    const void *a;
    ptrdiff_t a_row, a_column;
    const void *b;
    ptrdiff_t b_row, b_column;
    void *c;
    ptrdiff_t c_row, c_column;
    double alpha, beta;
} walle_gemm_product;

/// `c = min(max(c + row_bias[i] + column_bias[j], minimum), maximum)`; a NULL bias is none, NaN stays.
typedef struct {
    const void *row_bias;
    const void *column_bias;
    double minimum, maximum;
} walle_gemm_epilogue;

/// The kernels of one element type. All but `product` are NULL where it is not float32 or float64; float16 and bfloat16
/// have none.
typedef struct {
    /// The largest tile.
    ptrdiff_t rows, columns;
    /// A tile of at most `rows` × `columns`.
    void (*tile)(ptrdiff_t rows, ptrdiff_t columns, const walle_gemm_tile *tile);
    /// The largest tile from packed panels: `a_row` 1, `a_column` `rows`, `b_row` `columns`.
    void (*packed_tile)(const walle_gemm_tile *tile);
    /// Copies `count` rows of A, `across` apart, into panels of `rows` rows: `out[panel][depth][row]`. Elements of a row
    /// are `along` apart. What the last panel has too much is left as it is.
    void (*pack_rows)(
        ptrdiff_t count, ptrdiff_t depth, const void *in, ptrdiff_t across, ptrdiff_t along, void *out);
    /// The same for columns of B and panels of `columns` columns.
    void (*pack_columns)(
        ptrdiff_t count, ptrdiff_t depth, const void *in, ptrdiff_t across, ptrdiff_t along, void *out);
    /// `y[i * y_stride] = alpha * (row i of A) · x + beta * y[i * y_stride]`; rows of A and `x` are contiguous.
    void (*dots)(
        ptrdiff_t rows, ptrdiff_t depth, const void *a, ptrdiff_t a_row, const void *x, void *y, ptrdiff_t y_stride,
        double alpha, double beta);
    /// `y = alpha * x · B + beta * y`; rows of B and `y` are contiguous.
    void (*sums)(
        ptrdiff_t columns, ptrdiff_t depth, const void *b, ptrdiff_t b_row, const void *x, ptrdiff_t x_stride, void *y,
        double alpha, double beta);
    /// `C = T + beta * C` for a contiguous tile T, whose rows are `t_row` apart; with T NULL, `C = beta * C`.
    void (*merge)(
        ptrdiff_t rows, ptrdiff_t columns, const void *t, ptrdiff_t t_row, void *c, ptrdiff_t c_row, ptrdiff_t c_column,
        double beta);
    void (*finish)(
        ptrdiff_t rows, ptrdiff_t columns, void *c, ptrdiff_t c_row, ptrdiff_t c_column,
        const walle_gemm_epilogue *epilogue);
    void (*product)(const walle_gemm_product *product);
} walle_gemm;

#endif
