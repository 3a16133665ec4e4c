r"""How far entropies can differ if states are close: |S(ρ) − S(σ)| ≤ h(ε) + ε F₊(E/ε), ε = ½‖ρ − σ‖₁, in nats.

h is the binary entropy and F₊(e) the largest entropy of mean energy ≤ e when one ground level is left out. For n modes
the energy is the total photon number N; for a finite dimension there is none. One derivation gives both.

**Derivation.** Let p, q be the spectra in falling order, h_i the energies in rising order, h_0 = 0. Then ½Σ|p_i − q_i|
≤ ε (Mirsky, Q. J. Math. 11, 50 (1960)) and Σ h_i p_i ≤ tr ρN ≤ E (Ky Fan). Put t = min(ε, 1 − p_0) and move the weight
t from the end of p to its front: q*_0 = p_0 + t, q*_i ≤ p_i otherwise. The k largest q sum to at most min(1, t +
Σ_{i<k} p_i) or to 1, the sum of the first k of q*, so that q* majorises q and S(q) ≥ S(q*). Couple X ~ p and Y ~ q* so
that X ≠ Y with probability t, and then Y = 0. Let X' be X if X ≠ Y and 0 else. Given Y, each of X, X' tells the other,
so

    S(ρ) − S(σ) ≤ H(X) − H(Y) ≤ H(X | Y) = H(X' | Y) ≤ H(X') ≤ G(t) = max{H(π) : π_0 = 1 − t, Σ h_i π_i ≤ E},

since X' has no more energy than X. G(t) = h(t) + t F₊(E/t) is concave (a maximum of H over a set convex in (π, t)),
vanishes at 0 and peaks where π is the Gibbs state: it may be read at ε ≥ t as long as ε ≤ a = 1 − 1/Z, and beyond a at
a, where it is the entropy of the Gibbs state. A ground state and its mixture (1 − t)|0⟩⟨0| + t γ₊ attain it for every t
≤ a.

Nothing is asked of σ: the bound is on S(ρ) − S(σ) from the energy of ρ alone, and on |S(ρ) − S(σ)| if both obey it.

Sources: Becker, Datta & Jabbour, IEEE Trans. Inf. Theory 69, 4128 (2023), arXiv 2104.02019, for one mode, where it
reads h(ε) + E h(ε/E) up to ε = E/(1 + E); Becker, Datta, Jabbour & Shirokov, arXiv 2410.02686, for any Hamiltonian. It
is never above Winter, Commun. Math. Phys. 347, 291 (2016), Lemma 15: h(ε) + 2ε n g(E/εn).

**Rounding.** Each bound is a sum of non-negative terms, right to some units in the last place, and is then raised by
`ROUNDING`. Each is nondecreasing in the distance and in the photon number (up to that rise), so that upper bounds of
both may be passed in.

>>> round(entropy_bound(2.0, photons=1.0), 9)                      # no more than thermal light of n̄ = 1: 2 ln 2
1.386294361
>>> entropy_bound(2e-9, photons=1.0) < 5e-8
True
"""

import math

from fock.errors import InvalidArgument

# Relative rise of every bound. The worst rounded is the exponential of a number near −700: 700 last places, 2e-13.
ROUNDING = 1e-12

# Stands in for positive numbers below it, so that none is lost to underflow.
TINY = 1e-300


def entropy_bound(distance: float, photons: float, modes: int = 1) -> float:
    r"""|S(ρ) − S(σ)| ≤ h(ε) + ε F₊(E/ε) for states of n modes with ‖ρ − σ‖₁ ≤ T, tr ρN ≤ E and tr σN ≤ E.

    Without |0…0⟩ the partition function of n modes is Z₊ = (1 − x)^{−n} − 1. Gibbs' inequality S ≤ ln Z₊ − ⟨N⟩ ln x
    holds for *every* 0 < x < 1, so with y = 1 − x

        ε F₊(E/ε) ≤ ε ln Σ_{k=1}^n y^{−k} − (E − ε) ln(1 − y),        ε ≤ E:

    no y can make the bound wrong, and Σ_{k=1}^n y^k = nε/E makes it tight. For n = 1, y = ε/E and it is E h(ε/E).
    From ε = 1 − (1 + E/n)^{−n} on, the bound is the entropy n g(E/n) of n thermal modes.

    Args:
        distance: T, or an upper bound of it; ε = ½T.
        photons: E, or an upper bound of it, summed over the modes. That of ρ is enough for S(ρ) − S(σ).
        modes: n.

    Returns:
        The bound in nats; inf if `photons` is.
    """
    energy, n = non_negative("photons", photons), at_least_one(modes)
    if (gap := non_negative("distance", distance)) == 0 or energy == 0:
        return 0.0
    eps = max(0.5 * gap, TINY)
    if math.isinf(energy):
        return math.inf
    most = _thermal(energy, n)
    if eps >= -math.expm1(-n * math.log1p(energy / n)):
        return rounded_up(most)
    y = _gibbs(eps / energy, n)
    partition = -n * math.log(y) + math.log(math.fsum(y**k for k in range(n)))
    return rounded_up(min(most, _binary(eps) + eps * partition - (energy - eps) * math.log1p(-y)))


def finite_entropy_bound(distance: float, dimension: int) -> float:
    """|S(ρ) − S(σ)| ≤ ε ln(d − 1) + h(ε) up to ε = 1 − 1/d, and ln d beyond: the derivation above with every h_i = 0.

    Source: Audenaert, J. Phys. A 40, 8127 (2007), Theorem 1. Attained by diag(1, 0, …) and diag(1 − ε, ε/(d − 1), …).
    """
    eps, d = 0.5 * non_negative("distance", distance), at_least_one(dimension, "dimension")
    return rounded_up(math.log(d) if eps >= 1 - 1 / d else eps * math.log(d - 1) + _binary(eps))


def mutual_information_bound(
    distance: float, photons_a: float, photons_b: float, modes_a: int = 1, modes_b: int = 1
) -> float:
    """|I(ρ) − I(σ)| ≤ |ΔS_A| + |ΔS_B| + |ΔS_AB|, and ≤ 2 min(S_A, S_B) at their largest, for I = S_A + S_B − S_AB.

    A partial trace brings states no further apart, and photon numbers add. 0 ≤ I ≤ 2 min(S_A, S_B) (Araki & Lieb)
    gives the second. Both states must obey the photon numbers, each summed over the modes of its party.
    """
    one, other = (entropy_bound(2.0, e, n) for e, n in ((photons_a, modes_a), (photons_b, modes_b)))
    return rounded_up(
        min(
            2 * min(one, other),
            entropy_bound(distance, photons_a, modes_a)
            + entropy_bound(distance, photons_b, modes_b)
            + entropy_bound(distance, photons_a + photons_b, modes_a + modes_b),
        )
    )


def rounded_up(bound: float) -> float:
    """A float not below the exact value of what was computed as `bound`."""
    return bound * (1 + ROUNDING)


def non_negative(name: str, value: float) -> float:
    """`value` as a float. Raises InvalidArgument if it is negative or not a number."""
    if not value >= 0:
        raise InvalidArgument(
            f"Argument {name} must be a number ≥ 0, but is {value}.",
            "Give a trace distance ‖ρ − ρ'‖₁, such as the `bound` of a state, or an energy.",
        )
    return float(value)


def at_least_one(value: int, name: str = "modes") -> int:
    """`value`. Raises InvalidArgument if it is below 1."""
    if not value >= 1:
        raise InvalidArgument(
            f"Argument {name} must be a whole number ≥ 1, but is {value}.", "Count energy levels or modes with it."
        )
    return int(value)


def _gibbs(u: float, n: int) -> float:
    """The y with mean_{k=1…n} y^k = u, by bisection of u ≤ y ≤ nu; inside (0, 1) whatever the rounding."""
    low, high = u, min(n * u, 1.0)
    for _ in range(60 if n > 1 else 0):
        y = (low + high) / 2
        low, high = (y, high) if math.fsum(y**k for k in range(1, n + 1)) < n * u else (low, y)
    return min(max(high, TINY), 1 - 2.0**-53)


def _binary(t: float) -> float:
    """h(t) = −t ln t − (1 − t) ln(1 − t)."""
    return 0.0 if t <= 0 or t >= 1 else -t * math.log(t) - (1 - t) * math.log1p(-t)


def _thermal(energy: float, n: int) -> float:
    """n g(E/n) with g(m) = (m + 1) ln(m + 1) − m ln m = ln(1 + m) + m ln(1 + 1/m)."""
    m = max(energy / n, TINY)
    return n * (math.log1p(m) + m * math.log1p(1 / m))
