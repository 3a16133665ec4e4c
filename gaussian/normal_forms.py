r"""Normal forms: of a covariance (Williamson), and of a symplectic matrix (Bloch and Messiah, or Euler).

    σ = S diag(ν_1, ν_1, …, ν_n, ν_n) Sᵀ,                  SΩSᵀ = Ω
    S = O₁ diag(e^{−r_1}, e^{r_1}, …, e^{−r_n}, e^{r_n}) O₂,      O₁, O₂ orthogonal and symplectic, r ≥ 0

Williamson: with σ = LLᵀ, iLᵀΩL is Hermitian with eigenvalues ±ν_k. The eigenvectors of +ν_k are v_k = (a_k + ib_k)/√2
with all a and b orthonormal, for v_j is orthogonal to v_k and to v̄_k, which belongs to −ν_k < 0, however many ν
coincide. In the basis Q = (b_1, a_1, b_2, …) LᵀΩL = ⊕ν_k[[0, 1], [−1, 0]], and S = LQ diag(ν)^{−½}.

Bloch–Messiah: P = √(SSᵀ) has P⁻¹ = −ΩPΩ. An orthogonal symplectic matrix is a unitary U of the amplitudes x + ip, and
P = O₁ diag(e^{−r}, e^{r}, …) O₁ᵀ says of sinh ln P = ½(P − P⁻¹) = [[A, B], [B, −A]] (all x before all p) that

    −(A + iB) = U diag(sinh r) Uᵀ,

the Autonne–Takagi form of a symmetric matrix. O₂ then follows from its rows that O₁ᵀS has stretched by e^{r}.

Sources: Williamson, Am. J. Math. 58, 141 (1936); Braunstein, Phys. Rev. A 71, 055801 (2005); Horn & Johnson, Matrix
Analysis, 4.4.

>>> nu, S = williamson(np.diag([4.5, 0.5]))                        # ν = √(4.5·0.5), squeezed by S = diag(√3, 1/√3)
>>> nu.round(12), (S**2).round(12)
(array([1.5]), array([[3.        , 0.        ],
       [0.        , 0.33333333]]))
>>> print(f"{bloch_messiah(S).r[0]:.12f} {np.log(3) / 2:.12f}")
0.549306144334 0.549306144334
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaussian.covariance import Array, known, of_states
from gaussian.errors import InvalidArgument
from gaussian.symplectic import factor, omega, twisted

# SᵀΩS may be off Ω by so much of ‖S‖²: products and exponentials lose some digits, another convention all of them.
SYMPLECTIC_TOLERANCE = 1e-8
# Takagi vectors of values below this, relative to the largest, are found again among themselves.
APART = 1e-3
# What is left of a symmetric matrix below this, relative to the whole, is rounding.
NOTHING = 1e-15


class Williamson(NamedTuple):
    """`nu` (..., n), ascending, and `S` (..., 2n, 2n) with σ = S diag(ν_1, ν_1, …) Sᵀ."""

    nu: Array
    S: Array


class BlochMessiah(NamedTuple):
    """`O1` (..., 2n, 2n), `r` (..., n), descending, and `O2` with S = O1 diag(e^{−r_1}, e^{r_1}, …) O2."""

    O1: Array
    r: Array
    O2: Array


@of_states
def williamson(sigma: Array, *, error: ArrayLike | None = None) -> Williamson:
    r"""(ν, S) with σ = S diag(ν_1, ν_1, …, ν_n, ν_n) Sᵀ and S symplectic.

    S is unique up to a rotation of each mode (of all modes that share a ν). Of the two columns (2k, 2k + 1), the first
    is positive here and the second zero in the row of the position on which they bear most: a product of states
    squeezed along x or p has the diagonal S, but for the order of its columns.

    Args:
        sigma: positive definite matrices, shape (..., 2n, 2n), vacuum ½·1, physical or not; or a state, steady state or
            trajectory.
        error: how far σ may be off, in spectral norm; a state brings its own.

    Returns:
        (nu, S): ν ascending, shape (..., n), and S of shape (..., 2n, 2n); NaN where a batch has NaN for a state. S is
        symplectic to about 1e-16·κ, κ the ratio of the largest ν to the smallest.

    Raises:
        UnphysicalState: if σ is not positive definite, by more than rounding or `error`.

    Warns:
        IllConditioned: if fewer than 6 digits are right.
    """
    lower = factor(sigma, known(error), "williamson")
    modes = sigma.shape[-1] // 2
    values, vectors = np.linalg.eigh(1j * twisted(lower))
    nu, v = values[..., modes:], np.sqrt(2) * vectors[..., modes:]
    # Column k of the amplitudes is (column 2k of S) + i(column 2k + 1).
    amplitudes = lower @ (v.imag + 1j * v.real) / np.sqrt(nu)[..., None, :]
    positions = amplitudes[..., 0::2, :]
    most = np.take_along_axis(positions, np.abs(positions).argmax(-2)[..., None, :], -2)
    amplitudes = amplitudes * np.abs(most) / most
    pairs = np.stack([amplitudes.real, amplitudes.imag], -1)
    return Williamson(nu, pairs.reshape(sigma.shape))


def bloch_messiah(S: ArrayLike) -> BlochMessiah:
    r"""(O1, r, O2) with S = O1 diag(e^{−r_1}, e^{r_1}, …, e^{−r_n}, e^{r_n}) O2: two passive networks and squeezers.

    Args:
        S: symplectic matrices, shape (..., 2n, 2n), such as those of `williamson`.

    Returns:
        O1 and O2, orthogonal and symplectic to rounding, shape (..., 2n, 2n); r ≥ 0 descending, shape (..., n). NaN
        where S is NaN throughout. O1 and O2 are not unique where values of r coincide, or are zero.

    Raises:
        InvalidArgument: S is not real, of shape (..., 2n, 2n), finite and symplectic.
    """
    S = _as_symplectic(S)
    modes = S.shape[-1] // 2
    O1, O2 = np.full(S.shape, np.nan), np.full(S.shape, np.nan)
    r = np.full((*S.shape[:-2], modes), np.nan)
    for index in np.ndindex(S.shape[:-2]):
        if not np.isnan(S[index]).any():
            O1[index], r[index], O2[index] = _bloch_messiah(S[index])
    return BlochMessiah(O1, r, O2)


def _bloch_messiah(S: Array) -> tuple[Array, Array, Array]:
    """Of one matrix."""
    left, stretch, _ = np.linalg.svd(S)
    root, form = (left * stretch) @ left.T, omega(len(S) // 2)
    hyperbolic = 0.5 * (root + form @ root @ form)  # sinh ln P
    values, U = takagi(-(hyperbolic[0::2, 0::2] + 1j * hyperbolic[0::2, 1::2]))
    O1, r = _passive(U), np.arcsinh(values)
    # Row p of mode k is e^{r}(−Im, Re) in the rows of the unitary of O₂: the stretched one has the digits.
    rows = np.exp(-r)[:, None] * (O1.T @ S)[1::2]
    one, _, two = np.linalg.svd(rows[:, 1::2] + 1j * rows[:, 0::2])
    return O1, r, _passive(one @ two)


def takagi(M: Array) -> tuple[Array, Array]:
    """(s, U) with M = U diag(s) Uᵀ, s ≥ 0 descending and U unitary, of a complex symmetric (n, n).

    M ū = su is [[Re M, Im M], [Im M, −Re M]](a, b) = s(a, b) with u = a + ib. Its eigenvectors of s and of −s, which
    are u and iu, mix where s is small. So those of large s are taken and made orthonormal over the complex numbers, and
    the rest of M is solved in what they leave, where it is large.
    """
    n, found, values = len(M), np.zeros((len(M), 0), complex), np.zeros(0)
    rest, basis, size = M, np.eye(n, dtype=complex), float(np.linalg.norm(M))
    while basis.shape[1]:
        k = basis.shape[1]
        if np.linalg.norm(rest) <= NOTHING * size or not size:
            found, values = np.hstack([found, basis]), np.append(values, np.zeros(k))
            break
        s, vectors = np.linalg.eigh(np.block([[rest.real, rest.imag], [rest.imag, -rest.real]]))
        s, vectors = s[::-1][:k], vectors[:, ::-1][:, :k]
        large = int(np.count_nonzero(s > APART * s[0]))
        turn, triangle = np.linalg.qr(vectors[:k, :large] + 1j * vectors[k:, :large], mode="complete")
        phases = np.diagonal(triangle) / np.abs(np.diagonal(triangle))
        turn[:, :large] *= phases
        found, values = np.hstack([found, basis @ turn[:, :large]]), np.append(values, s[:large])
        basis = basis @ turn[:, large:]
        rest = basis.conj().T @ M @ basis.conj()
        rest = 0.5 * (rest + rest.T)
    return values, found


def _passive(U: NDArray[Any]) -> Array:
    """The orthogonal symplectic matrix of x + ip → U(x + ip)."""
    turned = np.empty((2 * len(U), 2 * len(U)))
    turned[0::2, 0::2] = turned[1::2, 1::2] = U.real
    turned[1::2, 0::2] = U.imag
    turned[0::2, 1::2] = -U.imag
    return turned


def _as_symplectic(S: ArrayLike) -> Array:
    """S as a float array, each matrix symplectic or NaN throughout."""
    S = np.asarray(S)
    if S.dtype.kind not in "fiu" or S.ndim < 2 or S.shape[-1] != S.shape[-2] or S.shape[-1] % 2 or not S.shape[-1]:
        raise InvalidArgument(
            f"Argument S must be real and have shape (..., 2n, 2n), but is of type {S.dtype} and shape {S.shape}.",
            "Give each mode its two rows and columns, (x, p).",
        )
    S = S.astype(float)
    here = S[~np.isnan(S).all((-2, -1))] if S.ndim > 2 else S[None]
    if not np.isfinite(here).all():
        raise InvalidArgument(
            "Argument S must be finite, but has NaN or infinite entries.",
            "Look for a division by zero where it comes from.",
        )
    form = omega(S.shape[-1] // 2)
    off = np.abs(np.swapaxes(here, -1, -2) @ form @ here - form).max((-2, -1))
    size = np.linalg.norm(here, 2, (-2, -1)) ** 2
    if (off > SYMPLECTIC_TOLERANCE * np.maximum(size, 1.0)).any():
        raise InvalidArgument(
            f"Argument S must be symplectic, SᵀΩS = Ω, but that fails by {off.max():.2e}.",
            "Put its rows and columns into the order (x_1, p_1, x_2, …), which is the usual cause.",
        )
    return S
