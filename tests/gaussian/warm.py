"""A damped mode at n̄, driven or not, and operators of the first mode."""

from types import SimpleNamespace

OMEGA, KAPPA, NBAR = 1.7, 0.4, 0.6


def warm(nbar=NBAR, drive=0.0, kappa=KAPPA):
    """A damped mode at n̄, driven or not."""
    return SimpleNamespace(
        modes=1,
        hamiltonian=lambda a: OMEGA * a.dag() * a + drive * (a + a.dag()),
        c_ops=lambda a: [(kappa * (nbar + 1)) ** 0.5 * a, (kappa * nbar) ** 0.5 * a.dag()],
    )


def annihilate(a, *others):
    return a


def create(a, *others):
    return a.dag()


def number(a, *others):
    return a.dag() * a
