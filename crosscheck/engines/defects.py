r"""Defects of the engines on trial, each in three lines that anyone can run, with the right answer in closed form.

With e^{2r} = 2^k the covariance of a two-mode squeezed vacuum is exact in double precision, E_N = k ln 2, and one unit
in its last place moves E_N by about eps·4^k (`crosscheck.engines.states`): nothing below is rounding of the input.
"""

from __future__ import annotations

import contextlib
import io
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from crosscheck.engines.states import entropy_of


@dataclass(frozen=True, kw_only=True)
class Defect:
    """A `script` that prints something other than `answer`, with the versions of `distribution` in which it was seen.

    `known` is where it is reported or can be read upstream, if anywhere.
    """

    distribution: str
    versions: tuple[str, ...]
    title: str
    script: str
    answer: float
    why: str
    known: str = ""

    def run(self) -> str:
        """What the script prints, or the exception it ends with."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                exec(self.script, {})
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        return printed.getvalue().strip()

    def shows(self, printed: str, tolerance: float = 1e-6) -> bool:
        """Whether what was printed is not the answer: another number, a complex one, or no number."""
        try:
            found = {"True": 1.0, "False": 0.0}.get(printed)
            return abs((float(printed) if found is None else found) - self.answer) > tolerance or "nan" in printed
        except ValueError:
            return True


def defects() -> Iterator[Defect]:
    """All of them, package by package."""
    yield from _qutip()
    yield from _thewalrus()
    yield from _open_systems()
    yield from _qugit()
    yield from _piquasso()


def _qutip() -> Iterator[Defect]:
    def defect(title: str, script: str, answer: float, why: str) -> Defect:
        where = "qutip/qutip/blob/6b454cbe677e/qutip/continuous_variables.py"
        return Defect(
            distribution="qutip", versions=("5.3.1",), title=title, script=script, answer=answer, why=why, known=where
        )

    yield defect(
        "the vacuum is entangled at g = 2",
        "import numpy as np, qutip\n"
        "vacuum = np.eye(4) / 4  # a = x + ip: 1/g² = ¼\n"
        "print(qutip.continuous_variables.logarithmic_negativity(vacuum, g=2))",
        0.0,
        "det A, det B and det C are scaled by (g²/2)², det V is not: with V = (2/g²)σ it must be scaled by (g²/2)⁴.",
    )
    yield defect(
        "E_N = 0 for a two-mode squeezed vacuum at g = 1",
        "import numpy as np, qutip\n"
        "c, s, Z = (4 + 1 / 4) / 2, (4 - 1 / 4) / 2, np.diag([1, -1])  # e^2r = 4, vacuum 1/g² = 1\n"
        "print(qutip.continuous_variables.logarithmic_negativity("
        "np.block([[c * np.eye(2), s * Z], [s * Z, c * np.eye(2)]]), g=1))",
        2 * math.log(2),
        "The same factor makes Δ̃² − 4 det V negative, its root NaN, and Python's max(0, NaN) is 0.",
    )
    yield defect(
        "E_N is wrong from 42 dB of squeezing on and soon infinite, at every g",
        "import numpy as np, qutip\n"
        "c, s, Z = (2**20 + 2**-20) / 4, (2**20 - 2**-20) / 4, np.diag([1, -1])  # e^2r = 2²⁰, r = 6.9\n"
        "print(qutip.continuous_variables.logarithmic_negativity("
        "np.block([[c * np.eye(2), s * Z], [s * Z, c * np.eye(2)]])))",
        20 * math.log(2),
        "ν̃² = ½(Δ̃ − √(Δ̃² − 4 det V)) magnifies rounding e^{8r} times: no digit is left at e^{2r} = 2¹⁴, and −ln 0 is "
        "infinite. Written as 2 det V/(Δ̃ + √…), it loses no more than σ itself.",
    )


def _thewalrus() -> Iterator[Defect]:
    def defect(title: str, script: str, answer: float, why: str, known: str = "") -> Defect:
        return Defect(
            distribution="thewalrus", versions=("0.22.0",), title=title, script=script, answer=answer, why=why,
            known=known,
        )  # fmt: skip

    yield defect(
        "E_N is a complex number",
        "import numpy as np; from thewalrus.quantum import log_negativity\n"
        "c, s = (2**16 + 2**-16) / 2, (2**16 - 2**-16) / 2  # e^2r = 2¹⁶, ħ = 2\n"
        "print(log_negativity(np.array([[c, s, 0, 0], [s, c, 0, 0], [0, 0, c, -s], [0, 0, -s, c]]), modes_A=[0]))",
        16 * math.log(2),
        "Rounding gives the eigenvalues ±iν of Ωσ, which is no normal matrix, real parts, and `real_if_close` leaves "
        "those above 100 eps. Singular values of LᵀΩL, σ = LLᵀ, are real.",
    )
    yield defect(
        "a warm mode has no entropy",
        "import numpy as np; from thewalrus.quantum import vonneumann_entropy\n"
        "nbar = 2**-18  # 4 quanta in a million\n"
        "print(vonneumann_entropy((2 * nbar + 1) * np.eye(2)))",
        entropy_of(2.0**-18),
        "ν within 10⁻⁵ of 1 is skipped as pure by `isclose`, but S = n̄(1 − ln n̄) grows faster than n̄: up to 6.6 × 10⁻⁵ "
        "for each mode is lost.",
    )
    yield defect(
        "an unphysical covariance is valid",
        "import numpy as np; from thewalrus.quantum import is_valid_cov\n"
        "squeezed = 0.9 * np.diag([2.0**28, 2.0**-28])  # ħ = 2: the variances must multiply to 1 or more\n"
        "print(is_valid_cov(squeezed))",
        0.0,
        "The product of variances is 0.81, and the lowest eigenvalue of σ + iΩ is −0.19/(0.9 × 2²⁸), above the "
        "absolute tolerance −10⁻⁸.",
        "XanaduAI/thewalrus/pull/14",
    )


def _open_systems() -> Iterator[Defect]:
    def defect(title: str, script: str, answer: float, why: str) -> Defect:
        return Defect(
            distribution="gaussian-open-systems", versions=("0.1.1",), title=title, script=script, answer=answer,
            why=why,
        )  # fmt: skip

    yield defect(
        "no fidelity of three modes",
        "import numpy as np; from gaussian_systems.metrics import compute_gaussian_fidelity\n"
        "thermal = np.zeros(6), 1.5 * np.eye(6)\n"
        "print(compute_gaussian_fidelity(thermal, thermal))",
        1.0,
        "The auxiliary matrix has the eigenvalues ±w, w ≥ 1; all of them are required to be ≥ 1, and half never are.",
    )
    yield defect(
        "an unphysical covariance is physical",
        "import numpy as np; from gaussian_systems.conventions import is_physical_covariance_matrix\n"
        "squeezed = 0.45 * np.diag([2.0**28, 2.0**-28])  # the variances must multiply to ¼ or more\n"
        "print(is_physical_covariance_matrix(squeezed))",
        0.0,
        "The product of variances is 0.2025, and the lowest eigenvalue of V + iΩ/2 is −0.0475/(0.45 × 2²⁸), above the "
        "absolute tolerance −10⁻⁸.",
    )


def _qugit() -> Iterator[Defect]:
    def defect(title: str, script: str, answer: float, why: str) -> Defect:
        return Defect(distribution="QuGIT-v2", versions=("0.2",), title=title, script=script, answer=answer, why=why)

    yield defect(
        "a mode in the vacuum is entangled",
        "from QuGIT_v2.qgt import Gaussian_state; rho = Gaussian_state('vacuum', 3)\n"
        "rho.two_mode_squeezing(0.5, 0.0, [0, 1])  # mode 2 stays in the vacuum\n"
        "print(rho.logarithmic_negativity([2]))",
        0.0,
        "The partial transpose flips the momenta of the last modes, as many as there are in subsystem B, whichever "
        "modes B has: here of 1 and 2, not of 0 and 1.",
    )
    yield defect(
        "no E_N between two of three modes",
        "from QuGIT_v2.qgt import Gaussian_state; rho = Gaussian_state('vacuum', 3)\n"
        "rho.two_mode_squeezing(0.5, 0.0, [0, 1])\n"
        "print(rho.logarithmic_negativity([0], [1]))",
        1 / math.log(2),
        "`only_modes` makes arrays of `np.complex_`, which NumPy 2 no longer has. The answer is 2r in bits.",
    )
    yield defect(
        "the coherent state of one photon has two",
        "from QuGIT_v2.qgt import Gaussian_state\n"
        "mean, covariance = Gaussian_state('coherent', 1, 1.0).number_operator_moments()\n"
        "print(mean[0, 0])",
        1.0,
        "⟨x⟩ = 2α is the mean for ħ = 2; with x = (a + a†)/√2, which the module states and the photon numbers use, it "
        "is √2 α.",
    )
    yield defect(
        "E_N is infinite",
        "from QuGIT_v2.qgt import Gaussian_state; import numpy as np; Z = np.diag([1, -1])\n"
        "c, s = (2**20 + 2**-20) / 2, (2**20 - 2**-20) / 2  # e^2r = 2²⁰, vacuum 1\n"
        "print(Gaussian_state(np.zeros(4), np.block([[c * np.eye(2), s * Z], [s * Z, c * np.eye(2)]]))"
        ".logarithmic_negativity_two_modes())",
        20 * math.log(2),
        "The cancellation in ν̃² of QuTiP's function, in another package; `logarithmic_negativity` does not have it.",
    )


def _piquasso() -> Iterator[Defect]:
    def defect(title: str, script: str, answer: float, why: str) -> Defect:
        return Defect(distribution="piquasso", versions=("8.0.2",), title=title, script=script, answer=answer, why=why)

    yield defect(
        "the vacuum has the purity 2",
        "import piquasso as pq\n"
        "simulator = pq.GaussianSimulator(d=1, config=pq.Config(hbar=1))\n"
        "print(simulator.execute_instructions([pq.Vacuum().on_modes(0)]).state.get_purity())",
        1.0,
        "`get_purity` is 2^d/√det V, which is right for ħ = 2 only: with V = 2ħσ it is ħ^d/√det V.",
    )
