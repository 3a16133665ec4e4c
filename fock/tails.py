r"""What a cutoff can hide from traces of partial transposes and from moments: bounds from the tail of p_n.

P projects on the levels below the cutoff, Q = 1 − P, δ = tr ρQ. Three facts carry everything here.

*Blocks.* For ρ ≥ 0 and ρ_mn = ⟨m|ρ|n⟩ on one party, ‖ρ_mn‖₁ ≤ √(p_m p_n): ρ_mn = (⟨m|√ρ)(√ρ|n⟩), and Hölder's
inequality.

*Transposition.* ‖X^Γ‖₁ ≤ D‖X‖₁ if a party has D levels: for X = |u⟩⟨v| the left side is (Σ√λ_u)(Σ√λ_v) over Schmidt
coefficients, at most √D·√D; a singular value decomposition does the rest. |Φ⟩⟨Φ|, maximally entangled, attains it.

*Two levels.* A purification ψ = a + b with a = Pψ, b = Qψ, ‖b‖² = δ, turns both `gentle_bound` and `moment_bound` into
a problem on span{a, b}, whose answer is the same factor √(δ(4 − 3δ)).

Bounds are rounded up and nondecreasing as in `fock.continuity`; every argument may be replaced by an upper bound of it.

>>> tail = thermal_tail([0.5], [20])
>>> f"{tail.weight:.3e}"                                           # (n̄/(1 + n̄))²⁰ = 3⁻²⁰
'2.868e-10'
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fock.continuity import ROUNDING, TINY, at_least_one, non_negative, rounded_up
from fock.errors import InvalidArgument
from fock.states import Array


@dataclass(frozen=True, kw_only=True)
class Tail:
    """Upper bounds of s_< = Σ√p_n over the levels of a party below the cutoff (`inside`), of s_> over the others
    (`beyond`), and of the `weight` δ = Σ p_n of the others; inf where nothing is known.
    """

    inside: float
    beyond: float
    weight: float


def thermal_tail(nbar: Sequence[float], levels: Sequence[int]) -> Tail:
    """The tail of thermal modes p_n = Π_j (1 − x_j) x_j^{n_j}, x = n̄/(1 + n̄), beyond the box n_j < levels_j; exact.

    Σ_{n<D} √p_n = √(1 − x)(1 − x^{D/2})/(1 − √x) for each mode, and δ = 1 − Π_j (1 − x_j^{D_j}).
    """
    occupation = [non_negative("nbar", v) for v in nbar]
    log_x = np.array([-math.log1p(1 / v) if v > 0 else -math.inf for v in occupation])
    # √(1 − x) multiplies the roots, 1 − x the weights: ln(1 − x) = −ln(1 + n̄).
    vacuum = -sum(math.log1p(v) for v in occupation)
    below, beyond = _box_sums(0.5 * log_x, levels)
    return Tail(
        inside=rounded_up(math.exp(0.5 * vacuum) * below),
        beyond=rounded_up(math.exp(0.5 * vacuum) * beyond),
        weight=rounded_up(math.exp(vacuum) * _box_sums(log_x, levels)[1]),
    )


def geometric_tail(p: Array, levels: Sequence[int], *, prefactor: float, ratios: Sequence[float]) -> Tail:
    """The tail of a distribution known on a box and below a geometric envelope outside of it.

    Σ_{n ∉ levels} p_n ≤ Σ_{n ∉ levels, n ∈ p} p_n + C Σ_{n ∉ p} Π_j x_j^{n_j}, the last sum in closed form; so for
    √p_n.

    The envelope must be *proved*: with a finite generating function tr ρλ^N, for instance, p_n ≤ (tr ρλ^N) λ^{−|n|}.

    Args:
        p: p_n of a party, one axis a mode; upper bounds will do.
        levels: the cutoff of each mode, at most the shape of p.
        prefactor: C of the envelope p_n ≤ C Π_j x_j^{n_j} for every n outside of p's box.
        ratios: x_j. If one is 1 or more, what is beyond is inf.

    Raises:
        InvalidArgument: p has a negative entry, or does not reach the cutoff.
    """
    p = np.asarray(p, float)
    if p.ndim != len(levels) or any(d > m for d, m in zip(levels, p.shape, strict=True)) or not (p >= 0).all():
        raise InvalidArgument(
            f"Argument p must hold weights ≥ 0 up to the cutoff {list(levels)}, but has shape {p.shape}.",
            "Give the weights of the levels below the cutoff, one axis for each mode.",
        )
    with np.errstate(divide="ignore"):
        log_x = np.log([non_negative("ratios", x) for x in ratios])
    height = non_negative("prefactor", prefactor)
    box = tuple(slice(at_least_one(d, "levels")) for d in levels)
    rest = p.copy()
    rest[box] = 0
    weight = float(rest.sum()) + (height * _box_sums(log_x, p.shape)[1] if height > 0 else 0.0)
    roots = math.sqrt(height) * _box_sums(0.5 * log_x, p.shape)[1] if height > 0 else 0.0
    return Tail(
        inside=rounded_up(float(np.sqrt(p[box]).sum())),
        beyond=rounded_up(float(np.sqrt(rest).sum()) + roots),
        weight=rounded_up(weight),
    )


def negativity_bound(
    distance: float, dimension: int, inside: float = math.inf, beyond: float = math.inf
) -> tuple[float, float]:
    r"""(lower, upper) such that ‖ρ_N^Γ‖₁ − lower ≤ ‖ρ^Γ‖₁ ≤ ‖ρ_N^Γ‖₁ + upper.

    ρ_N lives on the D lowest product levels of one party, P projects on them, and ‖PρP − ρ_N‖₁ ≤ d. Γ may transpose
    either party (‖ρ^{Γ_A}‖₁ = ‖ρ^{Γ_B}‖₁) and P, diagonal in the Fock basis, commutes with it, so

        ‖(PρP)^Γ‖₁ = ‖Pρ^ΓP‖₁ ≤ ‖ρ^Γ‖₁ ≤ ‖(PρP)^Γ‖₁ + Σ' √(p_m p_n) = ‖(PρP)^Γ‖₁ + 2 s_< s_> + s_>²,

    Σ' over pairs of levels not both below the cutoff, s = Σ√p_n inside and beyond. ‖(PρP)^Γ − ρ_N^Γ‖₁ ≤ Dd is added
    on either side. Twin beams attain the upper bound at d = 0, |Φ⟩⟨Φ| − ρ_N with ρ_N = 0 both factors D.

    Args:
        distance: d. Since ‖PXP‖₁ ≤ ‖X‖₁, one for ρ − ρ_N on the whole space will do, wherever the other party is cut.
        dimension: D, the number of product levels of the party below its cutoffs.
        inside: s_<, from the party's number distribution in ρ; replaced by √D if that is less (Cauchy and Schwarz).
        beyond: s_>.
    """
    d, levels = non_negative("distance", distance), at_least_one(dimension, "dimension")
    below, above = min(non_negative("inside", inside), math.sqrt(levels)), non_negative("beyond", beyond)
    # 0 · inf (nothing inside, unknown beyond) cannot arise in the sum below: above² is inf then.
    outer = above * (2 * below + above)
    return rounded_up(levels * d), rounded_up(levels * d + outer)


def log_negativity_interval(
    norm: float, distance: float, dimension: int, inside: float = math.inf, beyond: float = math.inf
) -> tuple[float, float]:
    """The interval of E_N = ln‖ρ^Γ‖₁ around ln‖ρ_N^Γ‖₁; arguments as for `negativity_bound`, and `norm` is ‖ρ_N^Γ‖₁.

    ‖ρ^Γ‖₁ ≥ tr ρ = 1 bounds it from below by 0, and the sum over *all* blocks, ‖ρ^Γ‖₁ ≤ (s_< + s_>)², from above. If
    `norm` was computed, its own rounding belongs into `distance`.
    """
    down, up = negativity_bound(distance, dimension, inside, beyond)
    blocks = rounded_up((min(inside, math.sqrt(dimension)) + beyond) ** 2)
    low, high = non_negative("norm", norm) - down, min(rounded_up(norm + up), blocks)
    # A relative error of 1e-15 in ‖ρ^Γ‖₁ is an absolute one in its logarithm.
    return max(0.0, math.log(max(1.0, low - 1e-15 * norm)) - ROUNDING), rounded_up(math.log(max(1.0, high))) + ROUNDING


def gentle_bound(weight: float) -> float:
    r"""‖ρ − PρP‖₁ ≤ √(δ(4 − 3δ)) for a projector P and δ = 1 − tr ρP; a pure state attains it.

    A purification cannot lower the left side. For ψ = a + b, |ψ⟩⟨ψ| − |a⟩⟨a| = [[0, s], [s, δ]] with s² = δ(1 − δ),
    whose eigenvalues ½δ ± √(¼δ² + s²) have opposite signs: their moduli sum to √(δ² + 4s²). It peaks at δ = ⅔, so
    beyond, √(4/3) is returned.

    It is sharper than √(8δ) (Winter, IEEE Trans. Inf. Theory 45, 2481 (1999), Lemma 9), than 2√δ (Ogawa & Nagaoka,
    ibid. 53, 2261 (2007)) and than the 2s + δ of the triangle inequality. *Normalised*, ‖ρ − PρP/tr ρP‖₁ ≤
    2√δ, attained likewise.
    """
    delta = min(non_negative("weight", weight), 2 / 3)
    return rounded_up(math.sqrt(delta * (4 - 3 * delta)))


def moment_bound(distance: float, norm: float, weight: float, second: float) -> float:
    r"""|tr ρO − tr ρ_N O_N| ≤ ‖O_N‖ d + √(δ(4 − 3δ) ⟨G⟩_ρ) for O_N = POP, ‖PρP − ρ_N‖₁ ≤ d, δ = 1 − tr ρP.

    G is any operator that commutes with P and has G ≥ O², with ⟨G⟩_ρ finite; ρ_N lives on the corner, ρ ≥ 0, tr ρ = 1.

    tr (PρP − ρ_N)O gives the first term. For the second, with ψ = a + b a purification, ψ' = a − b, α = ¾δ,

        tr ρO − tr ρPOP = 2 Re⟨a|Ob⟩ + ⟨b|Ob⟩ = Re⟨Oψ|αa + (3/2 − α)b⟩ + Re⟨Oψ'|−αa + (1/2 − α)b⟩,

    where the last two vectors have norms ¾√(δ(4 − 3δ)) and a third of that, while ‖Oψ‖² and ‖Oψ'‖² are at most ⟨ψ|G|ψ⟩
    = ⟨G⟩_ρ because G has no element between a and b. O = [[−e, c], [c, e]], G = c² + e² attain it. ⟨O²⟩_ρ alone bounds
    *nothing*: O = κ|φ⟩⟨φ| with φ orthogonal to ψ has Oψ = 0, and the difference is −κδ(1 − δ) for any κ.

    G for quadratures, from x² + p² = 2N + 1 (so that a bound on photon-number moments of ρ is what is needed):

        O = r_j                            2N_j + 1
        O = r_j r_k, different modes       (2N_j + 1)(2N_k + 1)
        O = x², p², ½(xp + px), one mode   (2N + 1)² + 2

    the last because x⁴ = (2N + 1)² + 2 − p⁴ − 2xp²x and (½{x, p})² ≤ N² + N + 1.

    Args:
        distance: d.
        norm: ‖O_N‖, the largest modulus of the corner's eigenvalues.
        weight: δ, or an upper bound of it.
        second: ⟨G⟩_ρ in the state that is bounded, not in ρ_N.
    """
    first = non_negative("norm", norm) * d if (d := non_negative("distance", distance)) > 0 else 0.0
    gentle = gentle_bound(weight)
    return rounded_up(first + (gentle * math.sqrt(non_negative("second", second)) if gentle > 0 else 0.0))


def _box_sums(log_q: Array, levels: Sequence[int]) -> tuple[float, float]:
    """Σ Π_j q_j^{n_j} over the box n_j < D_j and over the rest: Π(1 − q^D)/(1 − q), (1 − Π(1 − q^D)) Π 1/(1 − q)."""
    if len(log_q) != len(levels):
        raise InvalidArgument(
            f"As many modes as cutoffs are needed, but there are {len(log_q)} and {len(levels)}.",
            "Give one cutoff for each mode.",
        )
    depth = np.array([at_least_one(d, "levels") for d in levels])
    if not (log_q < 0).all():
        return math.inf, math.inf
    whole = float(np.prod(-1 / np.expm1(log_q)))
    power = depth * log_q
    # ln(1 − q^D), accurate relative to q^D if that is small and to 1 − q^D if that is.
    below = float(np.where(power < -math.log(2), np.log1p(-np.exp(power)), np.log(-np.expm1(power))).sum())
    rest = whole * abs(math.expm1(below))
    return whole * math.exp(below), max(rest, TINY) if np.isfinite(log_q).any() else rest
