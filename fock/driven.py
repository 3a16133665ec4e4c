r"""ρ(t) below the cutoff where the generator depends on time: 𝓛(t) = 𝓛₀ + Σ_k f_k(t) 𝓛_k.

A term f H_k or a rate f between L_k and R_k makes Hermitian matrices Hermitian only together with others, but its part

    ρ ↦ f G_k ρ + ρ (f G_k)† + f L_k ρ R_k†

is linear in Re f and Im f, and so is what it makes of X = Re ρ + Im ρ (`fock.sector`): two real matrices for each f, or
one if f is real. The blocks are those that all parts respect. The series of `fock.taylor` goes from piece to piece of
f(t), with steps that leave no more of it unseen than its survey allows (`fock.breaks`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import qutip
from numpy.typing import NDArray

from fock.breaks import Survey, Watch
from fock.errors import NotResolved, TooLarge
from fock.faber import ROUNDING
from fock.generator import Generator, require_hermitian
from fock.sector import ENTRY, Sector, superoperator
from fock.symmetry import NoJump, groups
from fock.taylor import GAP, TERMS, Affine, Taylor

Times = NDArray[np.float64]

# Entries of ρ(0) below this, relatively, break no symmetry; what is left out for that is counted as an error.
NOISE = 1e-15
# A survey's step is made for DOP853, whose stages leave so much of a step unseen.
UNSEEN = 0.27
# What f may hide between samples, relatively: a spike that neither a survey nor the nodes of a window have met.
HIDDEN = 1e-9
# Times at which a generator is tried for being Hermitian.
PEAKS = 4


def driven(
    gen: Generator, start: qutip.Qobj, times: Times, seen: Survey, accuracy: float, memory: float
) -> tuple[list[qutip.Qobj], Any]:
    """(states, estimates of their trace-norm errors) at `times`, shape (T,), increasing, from `start` at t = 0.

    Raises:
        NotResolved, NotHermitian, NotConverged, TooLarge: as `fock.evolve`.
    """
    drive = drive_of(gen, seen)
    solve = _ket if gen.is_isolated and start.isket else _density_matrix
    states, errors = solve(gen, start, times, drive, accuracy, memory)
    return states, np.array(errors) + unseen(gen, seen, times)


def drive_of(gen: Generator, seen: Survey) -> Drive:
    """The functions that were seen, for a solver; the generator is looked at where they peak."""
    for t in sorted(set(seen.peaks))[:PEAKS]:
        require_hermitian(gen, t)
    watch = Watch(seen)
    functions = [watch.over(k) for k in range(len(seen.functions))]
    return watch, functions, [bool(column.imag.any()) for column in seen.values.T]


def unseen(gen: Generator, seen: Survey, times: Times) -> Any:
    """What f may hide up to each of `times`, in trace norm, shape (T,)."""
    hidden = HIDDEN * gen.action(0 * times, seen.area(times))
    return hidden + gen.action(0 * times, seen.area(times, torn=True))


Drive = tuple[Watch, list[Callable[[float], complex]], list[bool]]


def _density_matrix(
    gen: Generator, start: qutip.Qobj, times: Times, drive: Drive, accuracy: float, memory: float
) -> tuple[list[qutip.Qobj], Any]:
    rho = (qutip.ket2dm(start) if start.isket else start).full()
    parts = parts_of(gen)
    sector = Sector.diagonal(groups(NoJump.together(parts), np.abs(rho) > NOISE * np.abs(rho).max()))
    outside = sector.labels[:, None] != sector.labels[None]
    left_out = float(np.abs(rho[outside]).sum())
    needed = bytes_needed(sector, drive) + 16.0 * rho.size * len(times)
    if needed > memory:
        raise TooLarge("The evolution", needed, memory, gen.cutoffs)
    run = Taylor(
        on_sector(parts, sector, drive), sector.pack(rho), 0.0, accuracy / _last(times), norm=sector.trace_norm_bound
    )
    dims = [list(gen.cutoffs)] * 2
    packed, errors = along(run, times, drive)
    states = [qutip.Qobj(sector.unpack(x), dims=dims, isherm=True, copy=False) for x in packed]
    return states, np.array(errors) + left_out + ROUNDING * np.sqrt(len(rho))


def _ket(
    gen: Generator, start: qutip.Qobj, times: Times, drive: Drive, accuracy: float, memory: float
) -> tuple[list[qutip.Qobj], Any]:
    needed = 16.0 * gen.dimension * (TERMS * (2 + len(gen.coefficients)) + len(times))
    if needed > memory:
        raise TooLarge("The evolution", needed, memory, gen.cutoffs)
    constant, *moving = (part.drift.astype(complex) for part in parts_of(gen))
    generator = Affine(constant, moving, _look(drive, real=False))
    run = Taylor(generator, start.full()[:, 0], 0.0, 0.5 * accuracy / _last(times))  # ‖ψψ† − φφ†‖₁ ≤ 2‖ψ − φ‖
    dims = [list(gen.cutoffs), [1] * len(gen.cutoffs)]
    kets, errors = along(run, times, drive)
    return [qutip.Qobj(x[:, None], dims=dims, copy=False) for x in kets], 2 * (np.array(errors) + ROUNDING)


def bytes_needed(sector: Sector, drive: Drive) -> float:
    """What the evolution on a sector takes, but for the states that are kept."""
    *_, complex_valued = drive
    matrices = len(complex_valued) + sum(complex_valued)
    return sector.size * (8.0 * TERMS * (2 + matrices) + ENTRY * 8 * (1 + matrices))


def on_sector(parts: list[NoJump], sector: Sector, drive: Drive) -> Affine:
    """𝓛(t) on a sector, of what `parts_of` the generator gives."""
    *_, complex_valued = drive
    constant, *moving = parts
    matrices = []
    for part, is_complex in zip(moving, complex_valued, strict=True):
        matrices += [superoperator(part, sector)]
        matrices += [superoperator(_times_i(part), sector)] * is_complex
    return Affine(superoperator(constant, sector), matrices, _look(drive, real=True))


def parts_of(gen: Generator) -> list[NoJump]:
    """What is constant, and each moving part with f = 1, in the order of the coefficients."""
    zero = ((0 * gen.hamiltonian[0][0], None),)
    nothing = replace(gen, hamiltonian=zero, dissipators=(), superoperators=())
    fixed, moving = ([(h, f) for h, f in gen.hamiltonian if callable(f) is is_moving] for is_moving in (False, True))
    alone = [replace(nothing, hamiltonian=((h, None),)) for h, _ in moving]
    rates = [replace(nothing, dissipators=((1.0, a, b),)) for g, a, b in gen.dissipators if callable(g)]
    wholes = [replace(nothing, superoperators=((s, None),)) for s, f in gen.superoperators if f is not None]
    rest = replace(
        gen,
        hamiltonian=tuple(fixed) or zero,
        dissipators=tuple(d for d in gen.dissipators if not callable(d[0])),
        superoperators=tuple((s, f) for s, f in gen.superoperators if f is None),
    )
    return [NoJump.of(part) for part in (rest, *alone, *rates, *wholes)]


def _times_i(part: NoJump) -> NoJump:
    """With f = i."""
    whole = None if part.whole is None else 1j * part.whole
    jumps = tuple((1j * rate, a, b) for rate, a, b in part.jumps)
    return replace(part, drift=1j * part.drift, jumps=jumps, whole=whole)


def _look(drive: Drive, *, real: bool) -> Callable[[float], Sequence[Any]]:
    """The values of all functions; real and imaginary parts in turn, if these are for real matrices."""
    watch, functions, complex_valued = drive

    def look(t: float) -> Sequence[Any]:
        values = [f(t) for f in functions]
        if watch.surprise is not None:
            raise watch.surprise
        if not real:
            return values
        parts = []
        for value, is_complex in zip(values, complex_valued, strict=True):
            if value.imag and not is_complex:
                raise NotResolved(t, watch.seen.gap)
            parts += [value.real, value.imag] if is_complex else [value.real]
        return parts

    return look


def along(run: Taylor, times: Times, drive: Drive) -> tuple[list[Any], list[float]]:
    """(x, error) at each time, from piece to piece of the functions; between two of them f is left out."""
    watch, *_ = drive
    found, errors = [run.x] * len(times), [0.0] * len(times)
    for begin, end, step in watch.seen.pieces:
        run.restart(begin)
        run.longest = step * UNSEEN / GAP
        run.stops = [end]
        with watch.on(begin, end):
            inside = np.flatnonzero((times > begin) & (times < end))
            for j in inside.tolist():
                found[j], errors[j] = run.at(float(times[j])), run.error_so_far
            last = run.at(end)
        for j in np.flatnonzero(times >= end).tolist():
            found[j], errors[j] = last, run.error_so_far
    return found, errors


def _last(times: Times) -> float:
    return max(float(times[-1]), 1e-300)
