"""What the reservoir paper's figures show: ΔE_N against Q by its rule (Fig. 2), R against K_others (Fig. 3)."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np

import gaussian
from crosscheck import prove_steady_state
from crosscheck.models import ReservoirGravity
from crosscheck.models.laboratory import PRINTED_K_G, Q_OF_TABLE, LabConversion
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.reservoir_gravity.engines import TABLE, at, fock_number, heating, negativity, shift
from crosscheck.papers.variants import with_fields

# Relative error of differences of intervals, once they are floats.
INTERVAL = 1e-9


def difference(variant: Variant, Q: float) -> float:
    """ΔE_N = E_N of quantum minus E_N of classical gravity."""
    return shift(variant(at(Q, classical=False)), variant(at(Q)))[0]


def ratio(variant: Variant, others: float, *, classical: bool = False) -> float:
    """R at K_others/K_G = `others` with everything else held, the numerator for either kind of gravity."""
    coupled = variant(at(Q_OF_TABLE, classical=classical, coupling=1 + others))
    return shift(coupled, variant(at(Q_OF_TABLE, classical=classical)))[0] / difference(variant, Q_OF_TABLE)


def crossing(variant: Variant, level: float) -> float:
    """K_others/K_G at which |R| reaches `level`, for |R| that rises."""
    low, high = 1.0, 1e9
    while high / low > 1.0005:
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if abs(ratio(variant, middle)) < level else (low, middle)
    return high


def _number(name: str, found: float, printed: float | None = None) -> Number:
    return Number(name=name, found=found, error=INTERVAL * abs(found), printed=printed)


def _entangled(variant: Variant) -> Evidence:
    """E_N at Table S3: in doubles, as a theorem about the exact state, and below a cutoff."""
    model: Any = variant(TABLE)
    state = gaussian.steady_state(model)
    proof = prove_steady_state(model, state.covariance.tolist(), error=1e-8)
    proved = flint.arb(0) if proof.log_negativity is None else proof.log_negativity
    found, in_fock = negativity(model), fock_number("E_N", model, 10)
    return decided(
        found > 0.1 and float(proved.lower()) > 0.1 and in_fock.found - in_fock.error > 0.1,
        numbers=[
            Number(name="E_N", found=found, error=1e-9),
            Number(name="E_N of the exact state", found=float(proved.mid()), error=float(proved.rad()),
                   engine="window"),
            in_fock,
            Number(name="quanta in the bath", found=float(model.nbar), engine="closed form"),
            Number(name="quanta in mode a", found=float(np.trace(state.covariance[:2, :2]) - 1) / 2, error=1e-9),
        ],
        otherwise=f"The steady state has E_N = {found:.3g} only.",
    )  # fmt: skip


def _preserved(variant: Variant) -> Evidence:
    """The shift that gravity makes of E_N: coherently, and by its classical channel."""
    without: Any = variant(at(Q_OF_TABLE, classical=False, coupling=0))
    quantum, classical = (shift(variant(at(Q_OF_TABLE, classical=kind)), without)[0] for kind in (False, True))
    return decided(
        classical < -1e-9 and abs(quantum) < 1e-6 * abs(classical),
        numbers=[
            _number("shift of E_N by quantum gravity", quantum, 0.0),
            _number("shift of E_N by classical gravity", classical),
        ],
        otherwise=f"Quantum gravity shifts E_N by {quantum:.2g}, classical gravity by {classical:.2g}.",
    )


def _proportional(variant: Variant) -> Evidence:
    """ΔE_N/Q relative to that at 10¹³, where nothing bends the curve."""
    grid = (2e9, 1e10, 1e11, 1e12, 1e14, 1e16, 1e17, 3e17, 9e17)
    slope = difference(variant, 1e13) / 1e13
    if slope <= 0:
        return decided(False, numbers=[_number("ΔE_N at 10¹³", slope)], otherwise="There is no difference to speak of.")
    bends = {q: difference(variant, q) / (slope * q) for q in grid}
    straight = [q for q, bend in bends.items() if abs(bend - 1) < 0.1]
    everywhere = len(straight) == len(grid)
    return decided(
        {1e10, 1e11, 1e12, 1e14, 1e16, 1e17} <= set(straight),
        numbers=[_number(f"ΔE_N/Q at {q:.0e} over that at 10¹³", bend, 1.0) for q, bend in bends.items()],
        otherwise=f"ΔE_N/Q changes by {max(abs(b - 1) for b in bends.values()):.0%}.",
        correction=""
        if everywhere
        else f"Within 10 % from Q = {min(straight):.0e} to {max(straight):.0e}; it is {bends[2e9]:.2f} of the "
        f"proportional value at 2 × 10⁹ and {bends[9e17]:.2f} at 9 × 10¹⁷, where classical gravity has disentangled.",
    )


def vanishing(p: Any) -> float:
    """Q at which E_N of the classical model reaches zero for Γ ≪ Ω: γ = 4κ_G/[(Γ/γ)(1 − e^{−2r}) − 2n̄], or inf."""
    room = p.Gamma / p.gamma * (1 - np.exp(-2 * p.r)) - 2 * p.nbar
    return float(p.gamma * LabConversion().Q * room / (4 * p.kappa_G)) if p.kappa_G else np.inf


def _saturates(variant: Variant) -> Evidence:
    """Where the classical E_N vanishes, by bisection and in closed form, and how flat ΔE_N is from there on."""
    low, high = 1e16, 1e20
    while high / low > 1 + 1e-6:
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if negativity(variant(at(middle))) > 0 else (low, middle)
    closed = vanishing(variant(TABLE))
    late = [difference(variant, q) for q in (1e18, 1e19, 1e20)]
    return decided(
        1e17 < high < 2e18 and late[0] > 0.1 and max(late) - min(late) < 1e-6,
        numbers=[
            Number(name="Q at which the classical E_N vanishes", found=high, error=1e-6 * high, printed=1e18),
            *([Number(name="the same", found=closed, error=1e-6 * closed, engine="closed form")]
              if np.isfinite(closed) else []),
            Number(name="change of ΔE_N from Q = 10¹⁸ to 10²⁰", found=late[2] - late[0], error=1e-12, printed=0.0),
        ],
        otherwise=f"ΔE_N goes from {late[0]:.3g} to {late[2]:.3g} between Q = 10¹⁸ and 10²⁰.",
    )  # fmt: skip


def _saturation_value(variant: Variant) -> Evidence:
    found = difference(variant, 1e20)
    model: Any = variant(at(1e20, classical=False))
    closed = -np.log((heating(model) + model.Gamma * np.exp(-2 * model.r)) / (model.gamma + model.Gamma))
    return decided(
        abs(found - 1.0) < 0.1,
        numbers=[
            _number("ΔE_N at Q = 10²⁰", found, 1.0),
            Number(name="the same, leading term of (5)", found=float(closed), error=1e-9, engine="closed form"),
            _number("the same in bits", found / np.log(2), 1.0),
            Number(name="most that r allows, 2r", found=float(2 * model.r), engine="closed form"),
        ],
        otherwise=f"It saturates at {found:.3f}. E_N is defined with a natural logarithm; with log₂ it would be "
        f"{found / np.log(2):.3f}. Which of its conventions or parameters the figure has, the paper does not tell.",
    )


def _robust(variant: Variant) -> Evidence:
    values = {x: abs(ratio(variant, x)) for x in (1.0, 1e2, 1e4, 1e5, 1e6)}
    tenth = crossing(variant, 0.1)
    return decided(
        values[1e4] < 0.1 and tenth > 1e3,
        numbers=[
            *(_number(f"|R| at K_others/K_G = {x:.0e}", value) for x, value in values.items()),
            Number(name="K_others/K_G at |R| = 0.1", found=tenth, error=5e-4 * tenth),
        ],
        otherwise=f"|R| reaches 0.1 at K_others = {tenth:.3g} K_G.",
    )


def _sign(variant: Variant) -> Evidence:
    values = {x: ratio(variant, x) for x in (1.0, 1e2, 1e4)}
    return decided(
        min(values.values()) > 0,
        numbers=[_number(f"R at K_others/K_G = {x:.0e}", value) for x, value in values.items()],
        otherwise="R is negative, as the coupling lowers E_N: a logarithmic plot shows |R|.",
    )


def _either_gravity(variant: Variant) -> Evidence:
    pairs = [(ratio(variant, x), ratio(variant, x, classical=True)) for x in (1.0, 1e2, 1e4, 1e5)]
    worst = max(abs(c / q - 1) for q, c in pairs)
    return decided(
        worst < 1e-4,
        numbers=[Number(name="largest relative difference of the numerators", found=worst, error=1e-9, printed=0.0)],
        otherwise=f"The numerators differ by {worst:.1%}.",
    )


def _estimate(variant: Variant) -> Evidence:
    """Ω/√(0.2 k_G[(2n̄ + 1)γ + Γe^{−2r}]) against the K_others/K_G at which the two shifts are equal."""
    model: Any = variant(TABLE)
    slope = (2 * model.nbar + 1) * model.gamma + model.Gamma * np.exp(-2 * model.r)
    estimate = float(model.detuning / np.sqrt(0.2 * model.k_M * slope))
    exact = crossing(variant, 1.0)
    return decided(
        max(estimate / 1e5, 1e5 / estimate, exact / 1e5, 1e5 / exact, estimate / exact, exact / estimate) < 3,
        numbers=[
            Number(name="K_others/K_G at |R| = 1", found=exact, error=5e-4 * exact, printed=1e5),
            Number(name="the paper's estimate", found=estimate, error=0.0, printed=1e5, engine="closed form"),
        ],
        otherwise=f"The estimate is {estimate:.2g}, the two shifts are equal at {exact:.2g}.",
    )


def _shift_of_frequencies(variant: Variant) -> Evidence:
    """|R| at 10⁴ K_G with ω' = √(ω² − K_M/M) followed by Ω, n̄ and Γ, and with these held."""
    lab = LabConversion()
    moved = [
        variant(ReservoirGravity.from_lab(classical=False, k_G=PRINTED_K_G, shifted=True, K_others=x * lab.K_G))
        for x in (0.0, 1e4)
    ]
    following = abs(shift(moved[1], moved[0])[0] / difference(variant, Q_OF_TABLE))
    held = abs(ratio(variant, 1e4))
    return decided(
        abs(following - held) < 0.1 * held,
        numbers=[
            Number(name="|R| at K_others/K_G = 10⁴, all else held", found=held, error=INTERVAL * held),
            # Ω, n̄ and Γ are doubles here, and shifted by 10⁻⁷ of themselves.
            Number(name="|R| at K_others/K_G = 10⁴, ω' shifted", found=following, error=1e-6),
        ],
        otherwise=f"|R| at K_others = 10⁴ K_G is {following:.2g} and not {held:.2g}: the shift of the frequencies acts "
        "on n̄ and Γ, and linearly. R is what is left if they are tuned back each time.",
    )


CLAIMS = (
    Claim(
        identifier="reservoir-entangled",
        place="fig. 2; abstract",
        statement="At Q = 2.5 × 10¹⁰ and four million thermal quanta the reservoir entangles the masses.",
        check=_entangled,
        counter=with_fields(gamma=2e-7),
    ),
    Claim(
        identifier="reservoir-preserved",
        place="abstract; conclusion",
        statement="Quantum gravity leaves the steady-state entanglement as it is, classical gravity lowers it.",
        check=_preserved,
        counter=with_fields(kappa_G=0.0),
    ),
    Claim(
        identifier="reservoir-proportional",
        place="fig. 2; supplement S4",
        statement="For Q below 10¹⁸ the difference grows in proportion to Q.",
        check=_proportional,
        counter=with_fields(kappa_G=0.0),
    ),
    Claim(
        identifier="reservoir-saturates",
        place="fig. 2 and the text on it",
        statement="Beyond Q of about 10¹⁸ the classical E_N is zero and the difference constant.",
        check=_saturates,
        counter=with_fields(kappa_G=0.0),
    ),
    Claim(
        identifier="reservoir-saturation-value",
        place="fig. 2 and the text on it",
        statement="The difference saturates at about 1.0.",
        check=_saturation_value,
        counter=with_fields(nbar=4.17e5),
    ),
    Claim(
        identifier="reservoir-robust",
        place="fig. 3; abstract",
        statement="Other forces matter by less than a tenth even where they are far stronger than gravity.",
        check=_robust,
        counter=with_fields(detuning=0.2),
    ),
    Claim(
        identifier="reservoir-ratio-sign",
        place="fig. 3 and the definition of R",
        statement="R = (E_N − E_N|K_others=0)/(E_N,q − E_N,c) is a positive number.",
        check=_sign,
        counter=with_fields(gamma=(TABLE.gamma, 0.1), nbar=(TABLE.nbar, 0.0)),
    ),
    Claim(
        identifier="reservoir-ratio-either",
        place="caption of fig. 3",
        statement="Quantum and classical gravity give the same numerator of R.",
        check=_either_gravity,
        counter=with_fields(nbar=0.0, Gamma=1e-6),  # classical gravity is a tenth of all noise
    ),
    Claim(
        identifier="reservoir-ratio-estimate",
        place="section on robustness, before the conclusion",
        statement="Other forces compete at K_others/K_G ~ 10⁵.",
        check=_estimate,
        counter=with_fields(detuning=0.2),
    ),
    Claim(
        identifier="reservoir-frequency-shift",
        place="supplement S3, text before the table",
        statement="That ω' = √(ω² − K_M/M) moves with K_others has no effect on R.",
        check=_shift_of_frequencies,
        counter=with_fields(detuning=TABLE.detuning, nbar=TABLE.nbar, Gamma=TABLE.Gamma),
    ),
)
