"""The symbol of a generator: closed forms of single terms, large networks, and errors planted in them."""

from dataclasses import dataclass

import flint
import pytest

import gaussian
from crosscheck.certificates.window.kernel import Window
from crosscheck.certificates.window.symbol import Symbol
from crosscheck.model import Dissipator, Model, thermal_bath
from gaussian.enclosed.lyapunov import identity


@dataclass(frozen=True)
class Passive(Model):
    """A chain of equal modes, each damped at the rate κ into a bath of the same n̄, with hopping J."""

    n: int = 40
    J: float = 1.0
    kappa: float = 0.25
    nbar: float = 1.5
    flipped: int = -1
    doubled: int = -1

    @property
    def modes(self):
        return self.n

    def hamiltonian(self, *a):
        hops = [(-1 if j == self.flipped else 1) * self.J for j in range(self.n - 1)]
        return sum(1j * J * (x.dag() * y - y.dag() * x) for J, x, y in zip(hops, a, a[1:], strict=False))

    def dissipators(self, *a):
        for j, c in enumerate(a):
            yield from thermal_bath(c, (2 if j == self.doubled else 1) * self.kappa, self.nbar)

    @classmethod
    def example(cls):
        return cls()


def test_a_loss_differentiates_twice_and_counts_on_either_side():
    """γ𝓓[a]ρ → γ(∂_ᾱ∂_β − ½ᾱ∂_ᾱ − ½β∂_β)K."""

    class Lossy:
        modes = 1

        def hamiltonian(self, a):
            return 0

        def dissipators(self, a):
            yield Dissipator(0.5, a)

    found = Symbol.of(Lossy())
    assert {k: complex(c) for k, c in found.R.items()} == {(0, 1): 0.5, (1, 0): 0.5}
    assert {k: complex(c) for k, c in found.T.items()} == {(0, 0): -0.25, (1, 1): -0.25}
    assert not found.S


@pytest.mark.parametrize("n", [1, 7, 40])
def test_a_passive_chain_of_equal_baths_stays_thermal(n):
    """σ = (n̄ + ½)·1 is stationary whatever the hopping: every element of the window vanishes, to all digits."""
    with flint.ctx.workprec(160):
        residual = Window(Passive(n)).residual(flint.arb_mat(2 * n, 1), identity(2 * n) * 2)
        assert residual.vanishes
        assert max(float(abs(x).upper()) for x in residual.elements) < 1e-30


def test_beam_splitters_preserve_the_vacuum():
    """Hopping alone, of either sign, leaves σ = ½ and no residual."""
    with flint.ctx.workprec(160):
        residual = Window(Passive(40, kappa=0.0, flipped=11)).residual(flint.arb_mat(80, 1), identity(80) / 2)
        assert residual.vanishes


def test_one_bath_of_twice_the_rate_moves_its_own_site_alone():
    """At n̄ = 0 the state ½·1 still is stationary; at σ = 1 that site relaxes by κ(½ − 1) more than the others."""
    with flint.ctx.workprec(160):
        window = Window(Passive(40, nbar=0.0, doubled=17))
        assert window.residual(flint.arb_mat(80, 1), identity(80) / 2).vanishes
        found = window.residual(flint.arb_mat(80, 1), identity(80)).covariance
    assert [float(found[2 * j, 2 * j]) for j in (16, 17, 18)] == pytest.approx([-0.125, -0.25, -0.125])


def test_rates_that_are_not_hermitian_are_refused():
    class Lopsided:
        modes = 2

        def hamiltonian(self, a, b):
            return 0

        def dissipators(self, a, b):
            yield Dissipator(0.5, a, b)

    with pytest.raises(gaussian.NotHermitian, match="rates"):
        Symbol.of(Lopsided())
