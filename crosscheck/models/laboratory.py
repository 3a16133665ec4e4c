r"""From the laboratory to the model: masses, frequencies and pumps of Tang et al., arXiv:2511.08869, as rates.

    M = 4πρR³/3,   K_G = 2GM²/d³,   x_zpf = √(ħ/2Mω),   k = Kx_zpf²/ħ,   n̄ = 1/(e^{ħω/k_BT} − 1),   γ = ω/Q
    κ_G = (Γ_m/ħ + K_G²/4ħΓ_m) x_zpf² = ½(m + 1/m) k_G,   Γ_m = m K_G/2   (the observer's rate of measurement)
    c_± = E_±/√(ω² + κ²/4),   G_± = g c_±,   tanh r = G₊/G₋,   Γ = 4(G₋² − G₊²)/κ

Constants are CODATA's, from SciPy. Q changes by the rule of the paper's Fig. 2: Γ/γ stays, so that E_± ∝ Q^{−½}.

>>> lab = LabConversion(Q=1e12)
>>> float(lab.nbar.round()), float((lab.k_G / (2 * np.pi)).round(13)), float((lab.Gamma / lab.gamma / 1e7).round(3))
(4167323.0, 3.417e-10, 6.019)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy  # its submodules load when first used: naming a model stays quick

from crosscheck.errors import InvalidParameter
from crosscheck.model import require, require_finite
from crosscheck.report.described import Described
from crosscheck.report.document import Cell, Document, Section, Table, columns

# Where the pump amplitudes of Table S3 apply; elsewhere the rule scales them.
Q_OF_TABLE = 2.5e10
# Table S3 and the text give 2π × 7 × 10⁻¹⁰ Hz for k_G and κ_G, twice what the table's own definition gives.
PRINTED_K_G = 2 * np.pi * 7e-10


@dataclass(frozen=True, kw_only=True)
class LabConversion(Described):
    """What stands in the laboratory, by default as in Table S3, and the rates that follow from it, in rad/s.

    Args:
        Q: mechanical quality factor ω/γ.
        temperature: of the mechanical baths, K.
        classical: whether gravity is a classical channel (κ_G > 0).
        K_others: gradient of all other forces between the masses, N/m.
        frequency, splitting: ω/2π of the two modes is frequency ± splitting, Hz, as they are coupled or, with
            `shifted`, before they are.
        radius, distance, density: of the spheres, m, m and kg/m³.
        coupling: g/2π, Hz.
        pumps: (E₊, E₋) at the table's Q, rad/s.
        cavity: κ/2π, Hz.
        measurement: the KTM observer's rate in units of K_G/2, where the noise is least.
        k_G: rad/s, in place of its definition: `PRINTED_K_G` is the paper's.
        shifted: whether ω' = √(ω² − K_M/M) moves detuning, n̄ and Γ with K_others, or is tuned back.
        unit: rad/s that a rate of 1 in the model stands for.

    Every argument but the booleans and `pumps` may be an array, for scans.

    Raises:
        InvalidParameter: what cannot be: spheres that overlap, a pump that heats (E₊ ≥ E₋), a mode without restoring
            force, anything negative.
    """

    Q: Any = Q_OF_TABLE
    temperature: Any = 0.01
    classical: bool = True
    K_others: Any = 0.0
    frequency: Any = 50.0
    splitting: Any = 0.5
    radius: Any = 0.25e-3
    distance: Any = 0.5e-3
    density: Any = 19.3e3
    coupling: Any = 1.0
    pumps: tuple[float, float] = (100.0, 200.0)
    cavity: Any = 10.0
    measurement: Any = 1.0
    k_G: Any = None
    shifted: bool = False
    unit: Any = 1.0

    kind: ClassVar[str] = "conversion of laboratory parameters"
    json_fields: ClassVar[tuple[str, ...]] = ("classical", "steps")

    def __post_init__(self) -> None:
        for name in ("Q", "temperature", "frequency", "radius", "distance", "density", "cavity", "measurement", "unit"):
            require(name, getattr(self, name), "be > 0", lambda v: v > 0)
        require_finite(self, "K_others", "coupling", "splitting", "pumps")
        if not 0 <= self.pumps[0] < self.pumps[1]:
            raise InvalidParameter("pumps", "satisfy 0 ≤ E₊ < E₋", self.pumps, "Lower E₊: the cavity would heat.")
        if np.any(np.asarray(self.distance) < 2 * np.asarray(self.radius)):
            raise InvalidParameter("distance", "be at least two radii", self.distance, "Raise it: the spheres overlap.")
        if self.k_G is None:
            object.__setattr__(self, "k_G", self.K_G * self.x_zpf**2 / scipy.constants.hbar)
        require("k_G", self.k_G, "be > 0", lambda v: v > 0)
        require("K_others", self.softened[1], "leave a restoring force", lambda v: v > 0, "Mω² must exceed K_M.")

    @property
    def mass(self) -> Any:
        """M, kg."""
        return 4 * np.pi / 3 * self.density * self.radius**3

    @property
    def K_G(self) -> Any:
        """Gradient of the gravitational force, N/m."""
        return 2 * scipy.constants.G * self.mass**2 / self.distance**3

    @property
    def softened(self) -> tuple[Any, Any]:
        """(ω'_a², ω'_b²), which the forces between the masses lower if `shifted`."""
        lower = (self.K_G + self.K_others) / self.mass if self.shifted else 0.0
        bare = [2 * np.pi * (self.frequency + sign * self.splitting) for sign in (1, -1)]
        return bare[0] ** 2 - lower, bare[1] ** 2 - lower

    @property
    def omega(self) -> Any:
        """ω_m, the mean frequency."""
        return sum(np.sqrt(self.softened)) / 2 if self.shifted else 2 * np.pi * self.frequency

    @property
    def detuning(self) -> Any:
        """Ω, half the difference of the frequencies."""
        if not self.shifted:
            return 2 * np.pi * self.splitting
        a, b = self.softened
        return (a - b) / (2 * (np.sqrt(a) + np.sqrt(b)))

    @property
    def x_zpf(self) -> Any:
        """Zero-point spread √(ħ/2Mω), m, at the frequency before it is shifted."""
        return np.sqrt(scipy.constants.hbar / (2 * self.mass * 2 * np.pi * self.frequency))

    @property
    def k_M(self) -> Any:
        """Coherent coupling (K_G + K_others) x_zpf²/ħ."""
        return self.k_G * (1 + self.K_others / self.K_G)

    @property
    def kappa_G(self) -> Any:
        """Rate of the classical channel; 0 for quantum gravity."""
        return self.k_G * (self.measurement + 1 / self.measurement) / 2 if self.classical else 0.0

    @property
    def gamma(self) -> Any:
        """Mechanical energy damping, at the frequency before it is shifted."""
        return 2 * np.pi * self.frequency / self.Q

    @property
    def nbar(self) -> Any:
        """Occupation of the mechanical baths."""
        return 1 / np.expm1(scipy.constants.hbar * self.omega / (scipy.constants.k * self.temperature))

    @property
    def kappa(self) -> Any:
        """Linewidth of the cavity."""
        return 2 * np.pi * self.cavity

    @property
    def amplitudes(self) -> tuple[Any, Any]:
        """(c₊, c₋), the cavity's amplitudes at the two pumps."""
        return self._driven(1.0)

    @property
    def G_plus(self) -> Any:
        """G₊ = g c₊."""
        return self._driven(2 * np.pi * self.coupling)[0]

    @property
    def G_minus(self) -> Any:
        """G₋ = g c₋."""
        return self._driven(2 * np.pi * self.coupling)[1]

    def _driven(self, factor: Any) -> tuple[Any, Any]:
        """`factor` times (c₊, c₋); E_± ∝ Q^{−½}."""
        scale = np.sqrt(Q_OF_TABLE / self.Q)
        plus, minus = (factor * e * scale / np.hypot(self.omega, self.kappa / 2) for e in self.pumps)
        return plus, minus

    @property
    def r(self) -> Any:
        """Squeezing of the engineered reservoir, artanh(E₊/E₋): of a logarithm all machines agree on the last place."""
        lower, upper = self.pumps
        return np.log((upper + lower) / (upper - lower)) / 2

    @property
    def Gamma(self) -> Any:
        """Rate of the engineered reservoir."""
        return 4 * (self.G_minus**2 - self.G_plus**2) / self.kappa

    def fields(self, *names: str) -> dict[str, Any]:
        """Fields of a model by name, rates in units of `unit`."""
        pure = ("r", "nbar")
        return {name: _plain(getattr(self, name) / (1.0 if name in pure else self.unit)) for name in names}

    def rows(self) -> list[tuple[str, str, Any]]:
        """(symbol, unit, value) of each step of the conversion."""
        hertz = 2 * np.pi
        return [
            ("Q", "", self.Q),
            ("T", "K", self.temperature),
            ("M", "kg", self.mass),
            ("K_G", "N/m", self.K_G),
            ("K_others", "N/m", self.K_others),
            ("x_zpf", "m", self.x_zpf),
            ("ω_m/2π", "Hz", self.omega / hertz),
            ("Ω/2π", "Hz", self.detuning / hertz),
            ("k_G/2π", "Hz", self.k_G / hertz),
            ("k_M/2π", "Hz", self.k_M / hertz),
            ("κ_G/2π", "Hz", self.kappa_G / hertz),
            ("γ/2π", "Hz", self.gamma / hertz),
            ("n̄", "", self.nbar),
            ("κ/2π", "Hz", self.kappa / hertz),
            ("c₊", "", self.amplitudes[0]),
            ("c₋", "", self.amplitudes[1]),
            ("G₊", "rad/s", self.G_plus),
            ("G₋", "rad/s", self.G_minus),
            ("r", "", self.r),
            ("Γ", "rad/s", self.Gamma),
            ("unit of rate", "rad/s", self.unit),
        ]

    def document(self) -> Document:
        """The steps as a table."""
        rows: list[list[Cell]] = [[symbol, _digits(value), unit] for symbol, unit, value in self.rows()]
        table = Table(columns=columns("quantity", "value", "unit", numeric=("value",)), rows=rows)
        kind = "a classical channel" if self.classical else "quantum"
        return Document(title=f"Gravity is {kind}", sections=[Section(tables=[table])])

    @property
    def steps(self) -> list[dict[str, Any]]:
        """`rows` with names, for JSON."""
        return [{"quantity": symbol, "value": value, "unit": unit} for symbol, unit, value in self.rows()]


def _plain(x: Any) -> Any:
    """A Python float, or the array if it is one."""
    return float(x) if np.ndim(x) == 0 else x


def _digits(x: Any) -> str:
    flat = np.ravel(x)
    return f"{flat[0]:.6g}" if flat.size == 1 else f"{flat[0]:.6g} … {flat[-1]:.6g}"
