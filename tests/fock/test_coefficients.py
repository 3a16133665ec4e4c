"""Coefficients f(t) in QuTiP's signatures, in Fock space."""

from types import SimpleNamespace

import numpy as np
import pytest

import fock
from fock.coefficients import with_time_alone

MODEL = SimpleNamespace(args={"w": 2.0})


@pytest.mark.parametrize(
    ("f", "value"),
    [
        (lambda t: t, 3.0),
        (lambda t, args: args["w"] * t, 6.0),
        (lambda t, args=None: args["w"] * t, 6.0),
        (lambda t, args, /: args["w"] * t, 6.0),
        (lambda t, w: w * t, 6.0),
        (lambda t, **kwargs: kwargs["w"] * t, 6.0),
        (lambda t, w=1.0, other=2.0: w * t * other, 12.0),
        (np.sin, np.sin(3.0)),
    ],
)
def test_a_coefficient_is_called_as_qutip_calls_it(f, value):
    assert with_time_alone(f, MODEL)(3.0) == value


@pytest.mark.parametrize("f", [lambda: 1, lambda t, x: 1])
def test_what_cannot_be_called_with_the_time_is_refused(f):
    with pytest.raises(fock.InvalidArgument, match="must be callable"):
        with_time_alone(f, MODEL)


def test_a_rate_in_the_older_style_decays_as_it_should():
    """⟨n⟩ = n₀ e^{−Γ}, Γ = ∫γ(t) dt = 0.5 t² for γ = t."""
    model = SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: 0 * a.dag() * a,
        dissipators=lambda a: [SimpleNamespace(rate=lambda t, args: t, left=a, right=a)],
        preparation=lambda a: SimpleNamespace(occupations=[0.1], ground_of=None, unitaries=()),
    )
    (start, state) = fock.evolve(model, [0.0, 1.0], cutoff=8).states
    assert state.photon_numbers[0] == pytest.approx(start.photon_numbers[0] * np.exp(-0.5), rel=1e-7)
