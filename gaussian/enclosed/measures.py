r"""Log-negativities, entropies and mutual information of balls.

They are sums of monotone functions of symplectic eigenvalues, so that their values at the ends of each interval enclose
them: −ln 2ν falls, and is cut at zero; g(ν) = (ν + ½) ln(ν + ½) − (ν − ½) ln(ν − ½) grows from g(½) = 0.

>>> from gaussian.enclosed.ball import matrix
>>> entropy(matrix([["1.5", 0], [0, "1.5"]])).str(15, radius=False)                  # 2 ln 2
'1.38629436111989'
"""

from __future__ import annotations

from collections.abc import Sequence

import flint

from gaussian.enclosed.precision import Undecided, alone
from gaussian.enclosed.symplectic import Covariance, more_bits, require_shape, symplectic_eigenvalues
from gaussian.errors import UnphysicalState
from gaussian.parties import bipartitions, split


def log_negativity(sigma: Covariance, *, party: Sequence[int]) -> flint.arb:
    """E_N = Σ_k max(0, −ln 2ν̃_k) between `party` and the other modes, for any σ > 0, physical or not.

    `sigma` may be a state.

    Raises:
        UnphysicalState: σ certainly is not positive definite.
        Undecided: this precision cannot tell.
    """
    return below_vacuum(transposed_eigenvalues(sigma, party))


def below_vacuum(nus: Sequence[flint.arb]) -> flint.arb:
    """Σ_k max(0, −ln 2ν_k)."""
    return sum((_monotone(nu, _negativity_of, falling=True) for nu in nus), flint.arb(0))


@alone
def negativities(sigma: Covariance) -> dict[tuple[int, ...], flint.arb]:
    """E_N of every bipartition of n modes, for any σ > 0, physical or not, by the modes of the smaller side.

    Of two equal sides it is the one with mode 0. `sigma` may be a state. Raises as `log_negativity`, and
    InvalidArgument for one mode or more than 16.
    """
    with more_bits(sigma):
        sigma = require_shape(sigma)
        return {party: log_negativity(sigma, party=party) for party in bipartitions(sigma.nrows() // 2)}


@alone
def transposed_eigenvalues(sigma: Covariance, party: Sequence[int]) -> list[flint.arb]:
    """Symplectic eigenvalues ν̃ of σ with the momenta of `party` reversed."""
    with more_bits(sigma):
        sigma = require_shape(sigma)
        one, _ = split(party, sigma.nrows() // 2)
        momenta = {2 * m + 1 for m in one}
        signs = [-1 if j in momenta else 1 for j in range(sigma.nrows())]
        turned = [[signs[j] * signs[k] * sigma[j, k] for k in range(len(signs))] for j in range(len(signs))]
        return symplectic_eigenvalues(flint.arb_mat(turned))


def entropy(sigma: Covariance) -> flint.arb:
    """S = Σ_k g(ν_k) in nats, for a quantum state: that ν ≥ ½ is disproved if it can be, and not proved.

    `sigma` is a covariance or a state.

    Raises:
        UnphysicalState: an eigenvalue certainly is below ½.
        Undecided: this precision cannot tell whether σ > 0.
    """
    return sum((entropy_of_mode(nu) for nu in symplectic_eigenvalues(sigma)), flint.arb(0))


def entropy_of_mode(nu: flint.arb) -> flint.arb:
    """g(ν) of a quantum state, whose ν ≥ ½: the part of the interval below is left out."""
    half = flint.arb(1) / 2
    if nu < half:
        raise UnphysicalState(float(nu - half))
    return _monotone(nu, lambda end: flint.arb(0) if end <= half else _g(end), falling=False)


def renyi2(sigma: Covariance) -> flint.arb:
    """S₂ = −ln tr ρ² = Σ_k ln 2ν_k in nats, of a covariance or a state. Raises as `entropy`."""
    return sum((_renyi2_of_mode(nu) for nu in symplectic_eigenvalues(sigma)), flint.arb(0))


def _renyi2_of_mode(nu: flint.arb) -> flint.arb:
    """ln 2ν of a quantum state, whose ν ≥ ½: the part of the interval below is left out."""
    half = flint.arb(1) / 2
    if nu < half:
        raise UnphysicalState(float(nu - half))
    return _monotone(nu, lambda end: flint.arb(0) if end <= half else (2 * end).log(), falling=False)


@alone
def mutual_information(sigma: Covariance, *, party: Sequence[int]) -> flint.arb:
    """I = S_A + S_B − S_AB in nats, of a covariance or a state. Raises as `entropy`."""
    with more_bits(sigma):
        sigma = require_shape(sigma)
        parts = split(party, sigma.nrows() // 2)
        local = sum((entropy(reduced(sigma, part)) for part in parts), flint.arb(0))
        return local - entropy(sigma)


def reduced(sigma: flint.arb_mat, modes: Sequence[int]) -> flint.arb_mat:
    """Covariance of some modes, in the order given."""
    rows = [2 * m + i for m in modes for i in (0, 1)]
    return flint.arb_mat([[sigma[j, k] for k in rows] for j in rows])


def _g(nu: flint.arb) -> flint.arb:
    up, down = nu + flint.arb(1) / 2, nu - flint.arb(1) / 2
    return up * up.log() - down * down.log()


def _negativity_of(nu: flint.arb) -> flint.arb:
    return flint.arb(0) if 2 * nu >= 1 else -(2 * nu).log()


def _monotone(x: flint.arb, f: object, *, falling: bool) -> flint.arb:
    """The interval between f at the two (exact) ends of x."""
    low, high = x.lower(), x.upper()
    if not x.is_finite() or (falling and not low > 0):
        raise Undecided("an eigenvalue whose interval reaches zero")
    assert callable(f)
    return flint.arb.union(f(low), f(high))
