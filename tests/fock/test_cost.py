"""What a simulation takes is predicted, and memory refused, before it begins."""

from dataclasses import replace

import pytest

import fock
from crosscheck.model import Dissipator
from crosscheck.models import BathBeamSplitter, DampedThermalMode, LossyTwinBeams
from fock.cost import OVERHEAD

MODE = DampedThermalMode.example()
HUGE = 10**6


@pytest.mark.parametrize(
    "call",
    [
        lambda: fock.evolve(MODE, [1.0], cutoff=HUGE),
        lambda: fock.steady_state(MODE, cutoff=HUGE),
        lambda: fock.predicted_seconds(MODE, HUGE, 1.0),
        lambda: fock.predicted_steady_seconds(MODE, HUGE),
        lambda: fock.prepare(replace(MODE, start=1e5), HUGE),
        lambda: fock.evolve(replace(MODE, nbar=1e5), [1.0], tol=1e-3),
    ],
)
def test_a_million_levels_are_refused_before_any_is_formed(call):
    with pytest.raises(fock.TooLarge, match=r"would need about .* GiB"):
        call()


def test_costs_grow_with_cutoff_and_time():
    """With the number of entries of 𝓛, and with ‖𝓛‖t."""
    model = LossyTwinBeams.example()
    small, large = (fock.predicted_seconds(model, n, 1e4) for n in (8, 16))
    assert large > 16 * small / 2
    assert fock.predicted_seconds(model, 16, 1e6) == pytest.approx(1e2 * large, rel=0.05)
    small, large = (fock.predicted_steady_seconds(BathBeamSplitter.example(), n) for n in (8, 24))
    assert large - OVERHEAD > 20 * (small - OVERHEAD)


def test_moving_coefficients_cost_more():
    """QuTiP's integrator takes its steps, where a Faber expansion takes fewer."""

    class Moving(DampedThermalMode):
        def hamiltonian(self, a):
            return [super().hamiltonian(a), [a + a.dag(), lambda t: 0.1]]

    assert fock.predicted_seconds(Moving.example(), 60, 1.0) > 2 * fock.predicted_seconds(MODE, 60, 1.0)


def test_a_search_of_all_blocks_costs_more():
    """Without complete positivity blocks that a continuous symmetry keeps apart are searched, too."""

    class Negative(LossyTwinBeams):
        def dissipators(self, a, b):
            yield from super().dissipators(a, b)
            yield Dissipator(-1.0, a.dag())

    searched, apart = (fock.predicted_steady_seconds(m, 12) for m in (Negative.example(), LossyTwinBeams.example()))
    assert searched - OVERHEAD > 2 * (apart - OVERHEAD)
