// Pieces of matrix factorizations: what is done to rows of a matrix. The algorithms are in Swift.
//
// Matrices lie by rows whose elements are contiguous; strides count elements. Scalars are passed by address, complex
// ones as real part, imaginary part. Fused multiply-add is used where the CPU has it.
#ifndef WALLE_LINEAR_H
#define WALLE_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

/// A square triangular matrix of any strides; elements outside its triangle are not read.
typedef struct {
    ptrdiff_t count;
    const void *elements;
    ptrdiff_t row, column;
    bool is_upper;
    /// The diagonal is 1 and is not read.
    bool is_unit;
    /// Its conjugate is meant.
    bool is_conjugate;
} walle_triangle;

/// Sequences of plane rotations of neighbouring rows.
typedef struct {
    ptrdiff_t sweeps;
    /// Of each sweep: the first row, and how many pairs of rows from there on are rotated.
    const ptrdiff_t *first, *count;
    /// A sweep runs from its first pair up, or from its last pair down.
    const bool *downwards;
    /// Of each sweep `stride` cosines and sines, in order of rows.
    const double *cosines, *sines;
    ptrdiff_t stride;
} walle_rotations;

/// For float64 and complex128; complex64 has `sums` and `dots` only, for products of matrices.
typedef struct {
    /// `y[j] += Σ x[i * x_stride] * a[i][j]`, of the conjugate of `a` if asked.
    void (*sums)(
        ptrdiff_t rows, ptrdiff_t columns, const void *x, ptrdiff_t x_stride, const void *a, ptrdiff_t a_row,
        bool conjugate_a, void *y);
    /// `y[i * y_stride] = Σ a[i][j] * x[j]`, of the conjugate of `a` if asked.
    void (*dots)(
        ptrdiff_t rows, ptrdiff_t columns, const void *a, ptrdiff_t a_row, bool conjugate_a, const void *x, void *y,
        ptrdiff_t y_stride);
    /// `a[i][j] += x[i * x_stride] * y[j]`, of the conjugate of `y` if asked.
    void (*rank_one)(
        ptrdiff_t rows, ptrdiff_t columns, const void *x, ptrdiff_t x_stride, const void *y, bool conjugate_y, void *a,
        ptrdiff_t a_row);
    /// `y += A * x` for a Hermitian matrix given by its lower triangle, whose diagonal is taken as real.
    void (*hermitian)(ptrdiff_t count, const void *a, ptrdiff_t a_row, const void *x, void *y);
    /// LU factorization with partial pivoting, in place, column by column: unit L below the diagonal.
    /// `pivots[k]` is the row that row `k` was exchanged with. Returns the number of the first column, from 1 on, whose
    /// pivot is 0, or 0.
    ptrdiff_t (*lu)(ptrdiff_t rows, ptrdiff_t columns, void *a, ptrdiff_t a_row, ptrdiff_t *pivots);
    /// `A = Uᴴ * U`, in place, of the upper triangle, row by row. Returns the number of the first row, from 1
    /// on, at which the matrix is not positive definite, or 0. The rest of the diagonal's imaginary part is not read.
    ptrdiff_t (*cholesky)(ptrdiff_t count, void *a, ptrdiff_t a_row);
    /// `B = T⁻¹ * B`, in place.
    void (*solve)(const walle_triangle *triangle, ptrdiff_t columns, void *b, ptrdiff_t b_row);
    /// Rotates rows `x` and `y` to `c * x + s * y` and `c * y - s * x`; float64 only.
    void (*sweep)(const walle_rotations *rotations, ptrdiff_t columns, void *a, ptrdiff_t a_row);
    /// `A -= tau * v * (vᴴ * A)` for 2 or 3 rows.
    void (*reflect_rows)(
        ptrdiff_t rows, ptrdiff_t columns, const void *v, const void *tau, void *a, ptrdiff_t a_row);
    /// `A -= tau * (A * v) * vᴴ` for 2 or 3 columns.
    void (*reflect_columns)(
        ptrdiff_t rows, ptrdiff_t columns, const void *v, const void *tau, void *a, ptrdiff_t a_row);
} walle_linear;

#endif
