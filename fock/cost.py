r"""What a truncated simulation takes, predicted from its operators before it begins.

    evolution       entries of 𝓛 × ‖𝓛‖t                    a Faber expansion, or steps of QuTiP's integrator
    steady state    entries of 𝓛, and a²b of its blocks     iterations of GMRES, products of a × b matrices in each
    preparation     states of the space that is enlarged    exponentials of the preparing generators

Seconds are those of one core of a few gigaflops, and good to a factor of three. Memory is refused before it is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fock.breaks import Survey
from fock.generator import Generator, generator, require_room
from fock.operators import Cutoffs, as_cutoffs, as_memory
from fock.preparation import preparation_of
from fock.sector import ENTRY, Sector, superoperator_bytes
from fock.steady import is_lindblad
from fock.symmetry import NoJump, charges, groups

MEMORY = 4 * 2**30
# Per complex entry of 𝓛 and unit of ‖𝓛‖t: 1 to 6 times 1e-10 over the library of models.
SECONDS_PER_ENTRY = 2.5e-10
# The same for each look at f(t), of which there are at least so many where nothing was seen of it.
SECONDS_PER_LOOK_ENTRY, FEWEST_LOOKS = 1e-8, 600
# What a look takes at least; looks per step that f(t) allows, and per unit of ∫‖𝓛‖dt: measured for nine drives.
SECONDS_PER_LOOK, LOOKS_PER_STEP, LOOKS_PER_ACTION = 5e-5, 7, 1
# Of a steady state, per entry of 𝓛 and a²b of each block: fitted to 37 of the library of models at cutoffs 4 to 80,
# which took 0.4 to 3.3 times as long.
SECONDS_PER_STEADY_ENTRY, SECONDS_PER_CUBE = 1.5e-7, 3e-8
# GMRES takes so many times the iterations without complete positivity: 1 to 17 over random Brownian pairs.
UNGUARDED = 6
# Per state of the space in which a preparation that is no product is exponentiated, and its levels beyond the cutoff.
SECONDS_PER_STATE, BEYOND = 1e-4, 20
# What any evolution or steady state takes.
OVERHEAD = 0.05


def predicted_seconds(
    model: Any,
    cutoff: int | Sequence[int],
    t: float,
    *,
    memory: float = MEMORY,
    seen: Survey | None = None,
    each: float = 0.0,
) -> float:
    """About how long `evolve` to time t takes on one core.

    Where f(t) was `seen` and takes so many seconds `each` time, the steps that it calls for are counted.

    Raises:
        TooLarge: its density matrices alone need more than `memory` bytes.
    """
    cutoffs = as_cutoffs(cutoff, model.modes)
    require_room(model, cutoffs, as_memory(memory))
    gen = generator(model, cutoffs)
    looks = max(FEWEST_LOOKS, gen.norm * t) if seen is None else _looks(gen, seen)
    moving = looks * (SECONDS_PER_LOOK * bool(seen) + each + SECONDS_PER_LOOK_ENTRY * gen.entries)
    solving = moving if gen.is_time_dependent else SECONDS_PER_ENTRY * gen.entries * gen.norm * t
    return OVERHEAD + _preparing(model, cutoffs) + solving


def _looks(gen: Generator, seen: Survey) -> float:
    """How often the series of `fock.taylor` asks for f(t): at each of its windows, which f(t) and ∫‖𝓛‖dt limit."""
    steps = sum(np.ceil((end - begin) / step) for begin, end, step in seen.pieces)
    action = gen.action(np.array([seen.until]), seen.area([seen.until]))[0]
    return float(LOOKS_PER_STEP * steps + LOOKS_PER_ACTION * action)


def predicted_steady_seconds(model: Any, cutoff: int | Sequence[int], *, memory: float = MEMORY) -> float:
    """About how long `steady_state` takes on one core.

    Raises:
        TooLarge: its density matrix alone needs more than `memory` bytes.
    """
    cutoffs = as_cutoffs(cutoff, model.modes)
    require_room(model, cutoffs, as_memory(memory))
    gen = generator(model, cutoffs)
    parts = NoJump.of(gen)
    labels = groups(parts)
    if is_lindblad(model):
        return seconds_of_steady_state(parts, (Sector.diagonal(labels), Sector.between(labels, charges(parts))))
    all_apart = Sector.between(labels, np.zeros_like(labels))  # as `steady_state` searches them
    return UNGUARDED * seconds_of_steady_state(parts, (Sector.diagonal(labels), all_apart))


def seconds_of_steady_state(parts: NoJump, sectors: Sequence[Sector]) -> float:
    """The same from the sectors that are solved and searched."""
    entries = sum(superoperator_bytes(parts, s) / ENTRY for s in sectors if s.size)
    cubes = sum(a * b * (a + b) for s in sectors for a, b in s.shapes)
    return OVERHEAD + SECONDS_PER_STEADY_ENTRY * entries + SECONDS_PER_CUBE * cubes


def _preparing(model: Any, cutoffs: Cutoffs) -> float:
    preparation = preparation_of(model, len(cutoffs))
    if preparation.ground_of is None and not len(preparation.unitaries):
        return 0.0
    return SECONDS_PER_STATE * float(np.prod([n + BEYOND for n in cutoffs], dtype=float))
