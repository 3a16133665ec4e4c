r"""What a package offers to be put on trial as an engine: any of ten functions, in this project's conventions.

    ħ = 1,    r = (x_1, p_1, …),    x = (a + a†)/√2,    σ_jk = ½⟨{δr_j, δr_k}⟩, vacuum ½·1,    natural logarithms

A package registers an object (a module will do) in its own `pyproject.toml`,

    [project.entry-points."crosscheck.engines"]
    its-name = "its_package.its_module"

and `crosscheck certify --engine its-name` judges each function that the object has. It need not import anything of this
project. Optional attributes: `DISTRIBUTION`, the package whose version is stated (default: the one that registers), and
`VARIANTS`, a mapping of labels to objects with functions, for a package that can be asked in several conventions.

A function that cannot answer a question raises NotImplementedError saying what it lacks (`two modes only`): that is
listed as what it cannot do. Any other exception, a complex number or NaN is an answer, and a wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

Array = NDArray[Any]


class Offer(Protocol):
    """The ten functions, of which an engine may have any: their names, arguments and results."""

    def moment_equations(self, model: Any) -> tuple[Array, Array, Array]:
        """A (2n, 2n), d (2n,) and D (2n, 2n) of d⟨r⟩/dt = A⟨r⟩ + d, dσ/dt = Aσ + σAᵀ + D."""

    def evolve(self, model: Any, times: Array) -> tuple[Array, Array]:
        """Means (T, 2n) and covariances (T, 2n, 2n) at T times, from the model's preparation."""

    def steady_state(self, model: Any) -> tuple[Array, Array]:
        """Mean (2n,) and covariance (2n, 2n); raises `gaussian.NoSteadyState` where there is none."""

    def log_negativity(self, sigma: Array, *, party: Sequence[int]) -> float:
        """E_N = Σ max(0, −ln 2ν̃) between the modes of `party`, counted from 0, and the others."""

    def mutual_information(self, sigma: Array, *, party: Sequence[int]) -> float:
        """S(party) + S(others) − S(all)."""

    def discord(self, sigma: Array, *, measured: Sequence[int]) -> float:
        """Gaussian discord of two modes, one of them measured."""

    def entropy(self, sigma: Array) -> float:
        """Von Neumann entropy S = Σ g(ν), g(ν) = (ν + ½) ln(ν + ½) − (ν − ½) ln(ν − ½)."""

    def symplectic_eigenvalues(self, sigma: Array) -> Array:
        """ν_1 … ν_n in any order, each once."""

    def purity(self, sigma: Array) -> float:
        """tr ρ² = 1/√det 2σ."""

    def is_physical(self, sigma: Array) -> bool:
        """Whether σ + iΩ/2 ≥ 0."""


FUNCTIONS = tuple(name for name in vars(Offer) if not name.startswith("_"))
