r"""Symmetries e^{iθ Σ_m c_m n_m} of a master equation, read off the photon numbers that its words change.

A word w changes photon numbers by s(w) = (how many a_m† minus how many a_m)_m. With the jumps written as
Σ C_wv w ρ v† over words other than 1, a phase c commutes with 𝓛 iff c·s = 0 for the words of H, and for s(w) − s(v)
wherever C_wv ≠ 0: words are linearly independent. These s span a lattice Λ in ℤⁿ; with its Smith normal form
U Λ V = diag(d_1, d_2, …) the symmetries are

    d_i = 0   continuous: every θ, with the integers c = row i of U,
    d_i ≥ 2   discrete:   θ = 2π/d_i, with the same c; d = 2 is a parity.

All of them are found: ℤⁿ/Λ is the group's dual. A symmetry is strong, c·n conserved (modulo d), if no jump changes c·n:
the same with the s(w) of the jumps added to Λ. Otherwise it is weak, and coherences between its values are kept apart
(Buča & Prosen, New J. Phys. 14, 073007 (2012)).
"""

from __future__ import annotations

from dataclasses import dataclass

from crosscheck.diagnosis.model.finding import Finding, Level, Section
from crosscheck.diagnosis.model.master_equation import CANCELLED, MasterEquation, Words, dagger
from gaussian.ladder import Word, spell

# Above this number of modes the normal form takes longer than anything else here, and the total number alone is tried.
MOST_MODES = 24

Shift = tuple[int, ...]


@dataclass(frozen=True)
class Symmetry:
    """Σ c_m n_m, for every angle (`order` 0) or modulo `order`; `strong` if no jump changes it."""

    charge: Shift
    order: int
    strong: bool

    def __str__(self) -> str:
        c = self._spelled()
        if not self.order:
            kept = "is conserved" if self.strong else "generates a weak symmetry (jumps change it)"
            return f"U(1): {c} {kept}"
        kind = "parity" if self.order == 2 else f"remainder modulo {self.order}"
        kept = "is conserved" if self.strong else "is a weak symmetry (jumps change it)"
        return f"Z_{self.order}: the {kind} of {c} {kept}"

    def _spelled(self) -> str:
        if len(self.charge) > 4 and set(self.charge) == {1}:
            return "the total photon number"
        text = ""
        for m, c in enumerate(self.charge):
            if c:
                sign = (" − " if c < 0 else " + ") if text else ("−" if c < 0 else "")
                text += sign + (f"{abs(c)} " if abs(c) != 1 else "") + spell((2 * m + 1, 2 * m))
        return text


def symmetries(equation: MasterEquation) -> list[Symmetry]:
    """Independent generators of all phase symmetries, continuous ones first."""
    fixed, changes = _shifts(equation)
    n = equation.modes
    weak, strong = _held(fixed, n), _held(fixed | changes, n)
    found = [Symmetry(c, d, True) for c, d in strong]
    found += [Symmetry(c, d, False) for c, d in weak if not all(_vanishes(c, s, d) for s in changes)]
    return sorted(found, key=lambda s: (s.order, sum(map(abs, s.charge)), [-abs(c) for c in s.charge]))


def section(equation: MasterEquation) -> Section:
    """What commutes with 𝓛, in words."""
    found = symmetries(equation)
    title = "Symmetries"
    if not found:
        sentence = "No phase symmetry: the generator mixes all photon numbers."
        return Section(title=title, findings=(Finding(name="no-symmetry", level=Level.FINE, sentence=sentence),))
    conserved = [s for s in found if s.strong]
    rows = tuple((str(s),) for s in found)
    findings = []
    if conserved and equation.jumps:
        findings.append(
            Finding(
                name="conserved-quantity",
                level=Level.NOTE,
                sentence=f"Dissipation leaves a quantity alone ({conserved[0]}): no steady state attracts every start.",
                advice="Follow the model from its initial state.",
            )
        )
    return Section(title=title, columns=("symmetry",), rows=rows, findings=tuple(findings))


def _shifts(equation: MasterEquation) -> tuple[set[Shift], set[Shift]]:
    """(shifts that a symmetry must not notice, changes of photon numbers that jumps make)."""
    n = equation.modes
    moving = {w for term in equation.hamiltonian if term.factor is not None for w in term.words}
    fixed, changes = {_shift(w, n) for w in moving}, set()
    for t in equation.looks:
        table = equation.rate_table(t)
        fixed |= {_shift(w, n) for w in _effective(equation.energy(t), table)}
        for w, v in table:
            if w and v:
                one, other = _shift(w, n), _shift(v, n)
                changes |= {one, other}
                fixed.add(tuple(a - b for a, b in zip(one, other, strict=True)))
    return {s for s in fixed if any(s)}, {s for s in changes if any(s)}


def _effective(energy: Words, table: dict[tuple[Word, Word], complex]) -> Words:
    """H + (i/2) Σ_w (C_w1 w − h.c.): what multiplies 1 in a jump operator is a Hamiltonian."""
    extra = {w: 0.5j * c for (w, v), c in table.items() if w and not v}
    total, moduli = dict(energy), {w: abs(c) for w, c in energy.items()}
    for w, c in (*extra.items(), *dagger(extra).items()):
        total[w] = total.get(w, 0) + c
        moduli[w] = moduli.get(w, 0.0) + abs(c)
    return {w: c for w, c in total.items() if abs(c) > CANCELLED * moduli[w]}


def _shift(word: Word, modes: int) -> Shift:
    counts = [0] * modes
    for letter in word:
        counts[letter >> 1] += 1 if letter & 1 else -1
    return tuple(counts)


def _held(shifts: set[Shift], n: int) -> list[tuple[Shift, int]]:
    """Charges with their orders that no shift changes; of a large network, those of the total number alone."""
    if n <= MOST_MODES:
        return _dual(sorted(shifts), n)
    total = (1,) * n
    return [(total, d) for d in (0, 2) if all(_vanishes(total, s, d) for s in shifts)][:1]


def _vanishes(charge: Shift, shift: Shift, order: int) -> bool:
    dot = sum(c * s for c, s in zip(charge, shift, strict=True))
    return dot % order == 0 if order else dot == 0


def _dual(shifts: list[Shift], n: int) -> list[tuple[Shift, int]]:
    """(c, d) with c·s ≡ 0 mod d for every s: row operations U on the columns s, to the Smith normal form."""
    rows = [[s[m] for s in shifts] for m in range(n)]
    u = [[int(j == k) for k in range(n)] for j in range(n)]
    corner = 0
    width = len(shifts)
    while corner < min(n, width):
        entries = [(abs(rows[i][j]), i, j) for i in range(corner, n) for j in range(corner, width) if rows[i][j]]
        if not entries:
            break
        _, i, j = min(entries)
        rows[corner], rows[i] = rows[i], rows[corner]
        u[corner], u[i] = u[i], u[corner]
        for row in rows:
            row[corner], row[j] = row[j], row[corner]
        pivot = rows[corner][corner]
        for i in range(corner + 1, n):
            q = rows[i][corner] // pivot
            rows[i] = [x - q * y for x, y in zip(rows[i], rows[corner], strict=True)]
            u[i] = [x - q * y for x, y in zip(u[i], u[corner], strict=True)]
        for j in range(corner + 1, width):
            q = rows[corner][j] // pivot
            for row in rows:
                row[j] -= q * row[corner]
        clean = not any(rows[i][corner] for i in range(corner + 1, n)) and not any(rows[corner][corner + 1 :])
        if clean:
            corner += 1
    orders = [abs(rows[k][k]) if k < width else 0 for k in range(n)]
    return [(_signed(_reduced(u[k], d)), d) for k, d in enumerate(orders) if d != 1]


def _reduced(charge: list[int], order: int) -> list[int]:
    """Coefficients modulo the order, as small as they can be."""
    return [(c + (order - 1) // 2) % order - (order - 1) // 2 for c in charge] if order else charge


def _signed(charge: list[int]) -> Shift:
    lead = next((c for c in charge if c), 1)
    return tuple(-c if lead < 0 else c for c in charge)
