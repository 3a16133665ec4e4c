r"""The drift of a model in rational numbers, where its coefficients are such; and whether it provably damps everything.

In amplitudes the generator of H and of γ(LρR† − ½{R†L, ρ}) gives

    d⟨a_j⟩/dt = −i⟨[a_j, H]⟩ + ½γ⟨R†[a_j, L] + [R†, a_j]L⟩,      linear in a and a† with coefficients α and β,

and x = √2 Re a, p = √2 Im a make A of them without a root. With f its characteristic polynomial, f(λ) and f(−λ) have a
common factor if and only if two eigenvalues add up to zero: λ = 0, λ = ±iω, or a pair ±κ. None of them is damped by
itself or its partner, so that no state is a unique attracting one. An interval around zero never proves that.

>>> from types import SimpleNamespace as Model
>>> free = Model(modes=1, hamiltonian=lambda a: -(a - a.dag()) * (a - a.dag()) / 4, dissipators=lambda a: [])
>>> exact_drift(free)
[0, 1]
[0, 0]
>>> has_opposite_eigenvalues(exact_drift(free))
True
"""

from __future__ import annotations

from typing import Any

import flint

from gaussian.enclosed.ball import Ball
from gaussian.enclosed.generator import ladder, words_up_to
from gaussian.enclosed.reading import read
from gaussian.jumps import jumps

# A linear operator without its constant: letter ↦ coefficient; letter 2j is a_j, 2j + 1 is a_j†.
Linear = dict[int, Any]


def exact_drift(model: Any) -> flint.fmpq_mat | None:
    """A of a model with constant coefficients, order (x_1, p_1, …); None if a coefficient is not known exactly.

    Raises: as `gaussian.enclosed.moment_equations`.
    """
    n = int(model.modes)
    model = read(model)
    a = ladder(n)
    hamiltonian = model.hamiltonian(*a)
    h = words_up_to(sum(hamiltonian if isinstance(hamiltonian, list) else [hamiltonian]), 2, "Hamiltonian")
    found: list[Linear] = [{} for _ in range(n)]
    for word, c in h.items():
        for place in range(len(word) if len(word) == 2 else 0):
            if word[place] & 1:  # [a_j, a_j†] = 1
                _add(found[word[place] >> 1], word[1 - place], -1j * Ball(c))
    for jump in jumps(model, a):
        left, right = (_linear(x) for x in (jump.left, jump.right))
        half = Ball(jump.rate) / 2
        adjoint = {letter ^ 1: c.conjugate() for letter, c in right.items()}
        for j in range(n):
            for letter, c in adjoint.items():
                _add(found[j], letter, half * left.get(2 * j + 1, 0) * c)
            for letter, c in left.items():
                _add(found[j], letter, -half * adjoint.get(2 * j + 1, 0) * c)
    drift = flint.fmpq_mat(2 * n, 2 * n)
    for j, row in enumerate(found):
        for letter, c in row.items():
            if c.rational is None:
                return None
            (re, im), k, sign = c.rational, letter >> 1, -1 if letter & 1 else 1
            drift[2 * j, 2 * k] += re
            drift[2 * j, 2 * k + 1] -= sign * im
            drift[2 * j + 1, 2 * k] += im
            drift[2 * j + 1, 2 * k + 1] += sign * re
    return drift


def has_opposite_eigenvalues(drift: flint.fmpq_mat) -> bool:
    """Whether λ and −λ are both eigenvalues, for some λ, possibly zero: then A is certainly not Hurwitz."""
    f = drift.charpoly()
    mirrored = flint.fmpq_poly([c if k % 2 == 0 else -c for k, c in enumerate(f.coeffs())])
    return bool(f.gcd(mirrored).degree() > 0)


def _linear(operator: Any) -> Linear:
    return {word[0]: Ball(c) for word, c in words_up_to(operator, 1, "jump operator").items() if word}


def _add(row: Linear, letter: int, c: Any) -> None:
    row[letter] = row.get(letter, Ball(0)) + c
