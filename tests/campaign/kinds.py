r"""Random models, one function a kind; a model is known by (seed, number) alone, and number mod 16 is its kind.

Every kind is 1/16 of the mix. A function draws what its kind is named after and leaves the rest to chance: one to three
modes, couplings, baths, and now and then a drive, a displaced or squeezed start, weak parametric coupling.

>>> Trial(7, 1).kind, Trial(7, 1).model == Trial(7, 1).model
('squeezed bath', True)
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import pi, sqrt

import numpy as np
from scipy.constants import hbar, k

from tests.campaign.drawing import (
    Rng,
    decades,
    displacement,
    drive,
    lowering,
    modes,
    network,
    pairing,
    phased,
    real,
    seasoned,
    slowest,
    squeeze,
    stabilised,
    thermal,
)
from tests.campaign.model import Drawn, Modulation


def plain(rng: Rng) -> Drawn:
    """Coupled damped modes, some with parametric coupling, below threshold."""
    model = network(rng, modes(rng))
    if rng.uniform() < 0.5:
        model = stabilised(replace(model, pairing=pairing(rng, model.size, 0.4)))
    return seasoned(rng, model)


def squeezed_bath(rng: Rng) -> Drawn:
    """γ{(N+1)𝓓[a] + N𝓓[a†]} and correlations γM between a and a†, |M|² ≤ N(N+1), some with equality: pure."""
    model = network(rng, modes(rng))
    n = model.size
    baths = list(model.baths)
    for j in range(n if rng.uniform() < 0.5 else 1):
        gamma, big = real(rng, 0.3, 1.5), real(rng, 0.05, 0.5)
        # Just inside where the bath is pure: a rate matrix that is negative by rounding is no Lindblad equation.
        m = sqrt(big * (big + 1)) * (1 - 1e-9 if rng.uniform() < 0.3 else rng.uniform(0.2, 0.95))
        m = m * complex(np.exp(2j * pi * rng.uniform()))
        down, up = lowering(n, j), lowering(n, j, raised=True)
        baths += thermal(n, j, gamma, big)
        baths += [(gamma * m, down, up), (gamma * m.conjugate(), up, down)]
    return seasoned(rng, replace(model, baths=tuple(baths)))


def correlated_bath(rng: Rng) -> Drawn:
    """Jump operators across modes: as Σ_uv Γ_uv(b_u ρ b_v† − …) with Γ = BB†, or as one jump operator of all modes."""
    model = network(rng, modes(rng, least=2))
    n = model.size
    down = [lowering(n, j) for j in range(n)]
    if rng.uniform() < 0.5:
        b = 0.3 * (rng.normal(size=(2 * n, 2)) + 1j * rng.normal(size=(2 * n, 2)))
        # Not singular, so that rounding cannot make it negative.
        gamma = np.round(b @ b.conj().T, 3) + 0.01 * np.eye(2 * n)
        every = [row for j in range(n) for row in (down[j], lowering(n, j, raised=True))]
        more = tuple(
            (complex(gamma[u, v]), every[u], every[v]) for u in range(2 * n) for v in range(2 * n) if gamma[u, v]
        )
    else:
        jump = tuple(phased(rng, 0.1, 0.6) for _ in range(2 * n))
        more = ((real(rng, 0.2, 1.0), jump, jump),)
    return seasoned(rng, stabilised(replace(model, baths=model.baths + more), 0.4))


def driven(rng: Rng) -> Drawn:
    """A coherent drive of every mode."""
    return drive(rng, plain(rng), size=1.0)


def displaced_start(rng: Rng) -> Drawn:
    """Coherent amplitudes at first."""
    return displacement(rng, plain(rng), size=1.5)


def squeezed_start(rng: Rng) -> Drawn:
    """Squeezed in each mode and between modes, some through beam splitters."""
    return squeeze(rng, plain(rng), least=0.2, most=0.6)


def unstable(rng: Rng) -> Drawn:
    """More gain than loss, or a parametric oscillator above threshold: a positive eigenvalue, no steady state."""
    model = network(rng, modes(rng))
    n, mode = model.size, int(rng.integers(model.size))
    if rng.uniform() < 0.5:
        pairing = [[0j] * n for _ in range(n)]
        # Resonant, so that amplitudes grow at |P| less half the loss.
        pairing[mode][mode] = phased(rng, 0.2, 0.6)
        number = [list(row) for row in model.number]
        number[mode][mode] = 0.0
        model = replace(model, pairing=tuple(map(tuple, pairing)), number=tuple(map(tuple, number)))
    missing = slowest(model)
    gain = round(2 * max(0.0, 0.1 - missing), 3) * n + real(rng, 0.05, 0.3)
    up = [lowering(n, j, raised=True) for j in range(n)]
    # Gain on every mode lifts every eigenvalue by half of it.
    return seasoned(rng, replace(model, baths=(*model.baths, *((gain, u, u) for u in up)), when=(real(rng, 0.2, 1),)))


def marginal(rng: Rng) -> Drawn:
    """An eigenvalue on the imaginary axis: a closed mode, a free particle, a measured one, gain equal to loss, the
    threshold of a parametric oscillator; beside it, sometimes, a damped mode.
    """
    n = modes(rng, most=2)
    model = network(rng, n)
    # The others are not coupled to the first, whose bath goes.
    number = [[row[j] if (i == 0) is (j == 0) else 0.0 for j in range(n)] for i, row in enumerate(model.number)]
    baths = tuple(b for b in model.baths if not any(b[1][:2]))
    down, up = lowering(n, 0), lowering(n, 0, raised=True)
    position = tuple(a + b for a, b in zip(down, up, strict=True))
    rate, pairing = 2 * real(rng, 0.1, 0.5), [[0j] * n for _ in range(n)]
    match int(rng.integers(5)):
        case 1:  # ½p² = ¼(2a†a + 1 − a² − a†²)
            number[0][0], pairing[0][0] = 0.5, complex(-0.5)
        case 2:
            baths += ((rate, position, position),)
        case 3:
            baths += ((rate, down, down), (rate, up, up))
        case 4:
            number[0][0], pairing[0][0] = 0.0, complex(rate / 2)
            baths += ((rate, down, down),)
    return seasoned(
        rng,
        replace(model, number=tuple(map(tuple, number)), pairing=tuple(map(tuple, pairing)), baths=baths),
    )


def dark(rng: Rng) -> Drawn:
    """Degenerate modes that lose energy through a collective jump operator: a combination of them never does."""
    n = modes(rng, least=2)
    omega = real(rng, -1.5, 1.5)
    jump = tuple(u for _ in range(n) for u in (phased(rng, 0.3, 1.0), 0.0))
    nbar, rate = (real(rng, 0, 0.5) if rng.uniform() < 0.5 else 0.0), real(rng, 0.3, 1.0)
    up = tuple(u for z in jump[::2] for u in (0.0, complex(z).conjugate()))
    return seasoned(
        rng,
        Drawn(
            size=n,
            number=tuple(tuple(omega if j == i else 0.0 for i in range(n)) for j in range(n)),
            baths=((rate * (nbar + 1), jump, jump), *(((rate * nbar, up, up),) if nbar else ())),
            occupations=tuple(real(rng, 0, 0.6) for _ in range(n)),
            when=(real(rng, 0.2, 2.5),),
        ),
    )


def exceptional_point(rng: Rng) -> Drawn:
    """A drift with a Jordan block, its entries exact doubles: hopping |γ₁ − γ₂|/4 between unequal losses, a mode whose
    detuning is its parametric gain, or a one-way chain.
    """
    match int(rng.integers(3)):
        case 0:
            low, high = sorted(rng.choice(np.arange(1, 13), size=2, replace=False).tolist())
            g, omega, nbar = (high - low) / 32, real(rng, -1, 1), real(rng, 0, 0.5)
            # One bath each, so that the rates of the drift are n̄-free: γ(n̄+1) − γn̄ must be exact.
            down = [lowering(2, j) for j in range(2)]
            up = [lowering(2, j, raised=True) for j in range(2)]
            warm = round(nbar * 64) / 64
            baths = tuple(
                bath
                for j, steps in enumerate((low, high))
                for bath in ((steps / 8 * (1 + warm), down[j], down[j]), (steps / 8 * warm, up[j], up[j]))
                if bath[0]
            )
            model = Drawn(size=2, number=((omega, g), (g, omega)), baths=baths)
        case 1:
            epsilon = int(rng.integers(1, 9)) / 16
            kappa = 2 * epsilon + int(rng.integers(1, 9)) / 8
            model = Drawn(
                size=1,
                number=((epsilon,),),
                pairing=((complex(epsilon),),),
                baths=((kappa, lowering(1, 0), lowering(1, 0)),),
            )
        case _:
            n, kappa = modes(rng, least=2), int(rng.integers(2, 9)) / 8
            # Each mode drives the next one and feels nothing of it: L = Σa_j and H = (κ/2i) Σ_{j<i}(a_l†a_j − h.c.).
            jump = tuple(u for _ in range(n) for u in (1.0, 0.0))
            omega = real(rng, -1, 1)
            number = tuple(
                tuple(omega if j == i else complex(0, kappa / 2 if j < i else -kappa / 2) for i in range(n))
                for j in range(n)
            )
            model = Drawn(size=n, number=number, baths=((kappa, jump, jump),))
    return seasoned(rng, replace(model, when=(real(rng, 0.2, 2.5),)))


def hot(rng: Rng) -> Drawn:
    """Baths and starts of 10 to 10⁷ quanta."""
    model = network(rng, modes(rng))
    n, nbar = model.size, decades(rng, 1, 7)
    baths = tuple(b for j in range(n) for b in thermal(n, j, real(rng, 0.2, 1.5), nbar * real(rng, 0.5, 1)))
    start = tuple(nbar * real(rng, 0, 1) for _ in range(n)) if rng.uniform() < 0.5 else model.occupations
    return seasoned(rng, replace(model, baths=baths, occupations=start))


def stiff(rng: Rng) -> Drawn:
    """Rates eight to twelve decades apart, seen at the time of the fastest or of the slowest."""
    n = modes(rng)
    fast, slow = decades(rng, 3, 5), decades(rng, -7, -5)
    rates = [slow, fast, 1.0][:n] if n > 1 else [slow]
    number = [[0j] * n for _ in range(n)]
    for j in range(n):
        number[j][j] = fast * real(rng, 0.5, 2) if j == 0 else real(rng, -2, 2)
        for i in range(j):
            number[j][i] = number[i][j] = real(rng, 0.05, 0.6)
    model = Drawn(
        size=n,
        number=tuple(map(tuple, number)),
        baths=tuple(b for j in range(n) for b in thermal(n, j, rates[j], real(rng, 0, 0.6))),
        occupations=tuple(real(rng, 0, 0.6) for _ in range(n)),
        when=(float(rng.choice([1 / fast, 1.0, 1 / slow])) * real(rng, 0.3, 2),),
    )
    return seasoned(rng, model)


def time_dependent(rng: Rng) -> Drawn:
    """One or two coefficients that move: drives, frequencies, squeezing, losses; sines, pulses, ramps.

    Their states are known from truncated dynamics only: mostly one mode, and all of them cool.
    """
    n = 1 if rng.uniform() < 0.8 else 2
    cold = tuple(b for j in range(n) for b in thermal(n, j, real(rng, 0.3, 1.5), real(rng, 0, 0.2)))
    model = replace(network(rng, n), baths=cold, occupations=tuple(real(rng, 0, 0.1) for _ in range(n)))
    moving = []
    for _ in range(int(rng.integers(1, 3))):
        target = str(rng.choice(["drive", "frequency", "squeezing", "loss"]))
        # A rate below zero would be no Lindblad equation.
        shapes = ["pulse", "ramp"] if target == "loss" else ["sin", "cos", "pulse", "ramp"]
        moving.append(
            Modulation(
                target=target,
                mode=int(rng.integers(model.size)),
                shape=str(rng.choice(shapes)),
                strength=real(rng, 0.1, 0.2 if target == "squeezing" else 0.6),
                rate=real(rng, 0.5, 5),
                when=real(rng, 0, 2),
            )
        )
    return replace(model, modulations=tuple(moving))


def si_units(rng: Rng) -> Drawn:
    """Angular frequencies of MHz to GHz in rad/s, temperatures of 10 mK to 4 K, couplings and linewidths as in
    electromechanics; times in s: of the linewidths, or those that a model has if it says nothing.
    """
    n = modes(rng)
    number, baths = [[0j] * n for _ in range(n)], []
    temperature, kappa = decades(rng, -2, 0.6), 0.0
    for j in range(n):
        omega = 2 * pi * decades(rng, 6, 10)
        gamma = omega / decades(rng, 1, 7)
        kappa = max(kappa, gamma)
        number[j][j] = omega if rng.uniform() < 0.7 else 2 * pi * decades(rng, 3, 6)
        baths += thermal(n, j, gamma, float(1 / np.expm1(hbar * omega / (k * temperature))))
        for i in range(j):
            number[j][i] = number[i][j] = 2 * pi * decades(rng, 2, 6)
    start = tuple(real(rng, 0, 0.6) for _ in range(n))
    model = Drawn(size=n, number=tuple(map(tuple, number)), baths=tuple(baths), occupations=start)
    if rng.uniform() < 0.7:
        model = replace(model, when=(real(rng, 0.3, 3) / kappa,))
    if rng.uniform() < 0.3:
        model = replace(model, drive=tuple(2 * pi * decades(rng, 3, 6) + 0j for _ in range(n)))
    return model


def strong_squeezing(rng: Rng) -> Drawn:
    """Starts squeezed by r = 1.5 … 6, up to 52 dB."""
    model = plain(rng)
    r = real(rng, 1.5, 6)
    return squeeze(rng, replace(model, when=(real(rng, 0.01, 1),)), least=0.8 * r, most=r)


def non_lindblad(rng: Rng) -> Drawn:
    """Brownian modes of Caldeira–Leggett: no completely positive evolution, and possibly no positive ρ."""
    n = modes(rng, most=2)
    model = network(rng, n, least_rate=0.3)
    free = {int(rng.integers(n))} if rng.uniform() < 0.5 else set(range(n))
    baths = tuple(b for b in model.baths if not any(any(b[1][2 * j : 2 * j + 2]) for j in free))
    number = [list(row) for row in model.number]
    for j in free:
        number[j][j] = real(rng, 0.5, 2)
    brownian = tuple((j, real(rng, 0.1, 0.8), decades(rng, -1, 0.5)) for j in sorted(free))
    return seasoned(rng, replace(model, number=tuple(map(tuple, number)), baths=baths, brownian=brownian))


KINDS: dict[str, Callable[[Rng], Drawn]] = {
    "plain": plain,
    "squeezed bath": squeezed_bath,
    "correlated bath": correlated_bath,
    "driven": driven,
    "displaced start": displaced_start,
    "squeezed start": squeezed_start,
    "unstable": unstable,
    "marginal": marginal,
    "dark": dark,
    "exceptional point": exceptional_point,
    "hot": hot,
    "stiff": stiff,
    "time-dependent": time_dependent,
    "SI units": si_units,
    "strong squeezing": strong_squeezing,
    "not Lindblad": non_lindblad,
}


@dataclass(frozen=True)
class Trial:
    """Model `number` of a seed, with what else is drawn for it."""

    seed: int
    number: int

    @property
    def kind(self) -> str:
        return list(KINDS)[self.number % len(KINDS)]

    @property
    def round(self) -> int:
        """How many models of its kind came before."""
        return self.number // len(KINDS)

    @property
    def model(self) -> Drawn:
        """Of three modes mostly two are observed, as two oscillators and their cavity are: three cost seconds."""
        rng = self.rng(0)
        model = KINDS[self.kind](rng)
        if model.size == 3 and rng.uniform() < 0.8:
            seen = rng.choice(3, size=2, replace=False).tolist()
            return replace(model, seen=tuple(seen))
        return model

    def rng(self, stream: int) -> Rng:
        """Random numbers: stream 0 for the model, 1 for the corruption."""
        return np.random.default_rng([self.seed, self.number, stream])
