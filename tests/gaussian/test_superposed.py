"""The flow of moments with the matrices of all terms built once: that of A, d and D at every time."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

import gaussian
from gaussian.superposed import FEW, SuperposedFlow


def driven(modes, f=lambda t: np.cos(2 * t)):
    """Modes in a chain, the first one driven and squeezed by f, the last with a rate of time."""
    return SimpleNamespace(
        modes=modes,
        hamiltonian=lambda *a: [
            sum(x.dag() * x for x in a) + sum(x.dag() * y + y.dag() * x for x, y in itertools.pairwise(a)),
            [a[0] + a[0].dag() + 0.2 * (a[0] * a[0] + a[0].dag() * a[0].dag()), f],
        ],
        dissipators=lambda *a: [SimpleNamespace(rate=lambda t: 0.3 + 0.1 * np.sin(t), left=a[-1], right=a[-1])],
    )


@pytest.mark.parametrize("modes", [1, 2, FEW // 2, FEW // 2 + 1])
@pytest.mark.parametrize("kind", [float, complex, np.float32], ids=lambda kind: kind.__name__)
def test_the_flow_is_that_of_the_moment_equations(modes, kind):
    """A⟨r⟩ + d and Aσ + σAᵀ + D, on either side of the number of modes at which the product changes."""
    model, rng, m = driven(modes, lambda t: kind(0.5 + t)), np.random.default_rng(1), 2 * modes
    sigma, mean = rng.normal(size=(m, m)), rng.normal(size=m)
    sigma = sigma + sigma.T
    flow = SuperposedFlow(model, gaussian.survey(model, 2.0))
    for t in (0.0, 1.3):
        eq = gaussian.moment_equations(model, t)
        known = np.column_stack([eq.drift @ sigma + sigma @ eq.drift.T + eq.diffusion, eq.drift @ mean + eq.drive])
        found = flow(t, np.column_stack([sigma, mean]).ravel()).reshape(m, m + 1)
        assert np.abs(found - known).max() < 1e-13


def test_what_is_met_between_the_samples_is_compared_with_them():
    """A coefficient that is another function after it was surveyed is refused."""
    late = [False]
    model = driven(1, lambda t: np.cos(2 * t) + 3.0 * late[0])
    seen = gaussian.survey(model, 3.0)
    late[0] = True
    with pytest.raises(gaussian.NotResolved):
        gaussian.evolve(model, [3.0], seen=seen)
