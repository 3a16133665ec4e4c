"""Ball arithmetic against the independent high-precision values in tests/reference (gravity.json).

The reference was computed with 60 digits, by closed forms and by linear solves; its strings carry 20 digits, so that
its rounded parameters move an answer in about the 18th.
"""

import json
from fractions import Fraction
from pathlib import Path

import flint
import pytest

from crosscheck.models import ReservoirGravity
from gaussian import enclosed

FOUND = json.loads((Path(__file__).parents[1] / "reference" / "gravity.json").read_text("utf-8"))["cases"]
CASES = {case["id"]: (case["parameters"], case["values"]) for case in FOUND}
SWEEPS = [name for name, (_, values) in CASES.items() if "E_N_quantum" in values]
RATIOS = [name for name, (_, values) in CASES.items() if "R_signed" in values]


def negativity(p, *, kappa_G=0, coupling=1):
    """E_N of the steady state at exact parameters, at the working precision; the coupling is in units of k_G."""
    gamma, nbar, Gamma, r, detuning, k_G = (Fraction(p[k]) for k in ("gamma", "nbar", "Gamma", "r", "Omega", "k_G"))
    model = ReservoirGravity(detuning, coupling * k_G, gamma, nbar, Gamma, r, Fraction(kappa_G))
    return enclosed.log_negativity(enclosed.steady_state(model).covariance, party=[0])


@pytest.mark.parametrize("case", SWEEPS)
def test_negativities_of_the_sweep_have_seventeen_right_digits(case):
    """E_N without and with the classical channel at each Q; double precision loses up to ten digits here."""
    p, values = CASES[case]
    for kappa_G, name in ((0, "E_N_quantum"), (p["kappa_G_classical"], "E_N_classical")):
        found = enclosed.enclose(lambda kappa_G=kappa_G: negativity(p, kappa_G=kappa_G), width=1e-25)
        with flint.ctx.workprec(96):
            assert found.rad() < 1e-25
            assert abs(found - flint.arb(values[name])) < 1e-17


@pytest.mark.parametrize("case", RATIOS)
def test_the_ratio_of_gravitational_shifts_has_ten_proved_digits(case):
    """R = [E_N(k_G + k_others) − E_N(k_G)]/ΔE_N, whose numerator is as small as 1e-17 and whose denominator is 5e-8."""
    p, values = CASES[case]
    sweep = next(CASES[name][0] for name in SWEEPS if CASES[name][0]["Q_m"] == p["Q_m"])

    def ratio():
        here = negativity(sweep)
        shift = negativity(sweep, coupling=1 + Fraction(p["K_others_over_K_G"])) - here
        return shift, here - negativity(sweep, kappa_G=sweep["kappa_G_classical"])

    shift, difference = enclosed.enclose(ratio, digits=12)
    assert abs(difference / flint.arb(values["delta_E_N"]) - 1) < 1e-11
    assert abs(shift / difference / flint.arb(values["R_signed"]) - 1) < 1e-10
    assert (shift / difference).rel_accuracy_bits() > 33, "fewer than ten digits proved"
