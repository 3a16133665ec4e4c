"""Counts of what came of a campaign: one row a kind, reasons below, on the terminal or as Markdown."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Group
from rich.table import Table

from tests.campaign.kinds import KINDS
from tests.campaign.run import CRASHED, Outcome

# Shares of right models that may stay inconclusive: in all, and in any one kind.
IN_ALL, IN_ONE = 0.02, 0.05
HEADS = (
    "kind", "models", "certified", "inconclusive", "refuted", "crashed", "CPU s",
    "corrupted", "refuted", "inconclusive", "certified", "crashed",
)  # fmt: skip


def rows(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """One for each kind that occurs, and the sum of all."""
    kinds = [kind for kind in KINDS if any(o.kind == kind for o in outcomes)]
    parts = [(kind, [o for o in outcomes if o.kind == kind]) for kind in kinds]
    return [_row(name, part) for name, part in [*parts, ("all", list(outcomes))]]


def _row(name: str, part: Sequence[Outcome]) -> list[str]:
    right = Counter(o.verdict for o in part)
    wrong = Counter(o.found for o in part if o.corruption)
    seconds = sum(o.seconds for o in part) / max(1, len(part))
    counts = [right["certified"], right["inconclusive"], right["refuted"], right[CRASHED]]
    caught = [wrong.total(), wrong["refuted"], wrong["inconclusive"], wrong["certified"], wrong[CRASHED]]
    return [name, str(len(part)), *map(str, counts), f"{seconds:.2f}", *map(str, caught)]


def reasons(outcomes: Iterable[Outcome]) -> list[tuple[int, str, str, int]]:
    """(how many, kinds, why, a number) of right models not certified and corrupted ones not refuted; frequent first."""
    found: dict[str, list[Outcome]] = {}
    for o in outcomes:
        for why in o.reasons if o.verdict != "certified" else ():
            found.setdefault(f"right, {why}" if o.verdict != CRASHED else f"right, crashed: {why}", []).append(o)
        for why in o.warned:
            found.setdefault(f"right, warned: {why}", []).append(o)
        if o.corruption and o.found != "refuted":
            found.setdefault(f"{o.corruption}, {o.found}{': ' if o.found_by else ''}{o.found_by}", []).append(o)
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    return [(len(of), ", ".join(dict.fromkeys(o.kind for o in of)), why, of[0].number) for why, of in ordered]


def failures(outcomes: Sequence[Outcome]) -> list[str]:
    """What must not be: a right model refuted or crashed, too many inconclusive, a corrupted one certified."""
    said = []
    for count, what in (
        (sum(o.verdict == "refuted" for o in outcomes), "right models are refuted"),
        (sum(o.verdict == CRASHED for o in outcomes), "right models crash"),
        (sum(bool(o.corruption) and o.found == "certified" for o in outcomes), "corrupted engines are certified"),
        (sum(bool(o.corruption) and o.found == CRASHED for o in outcomes), "corrupted engines crash"),
    ):
        said += [f"{count} {what}"] if count else []
    for kind in (None, *KINDS):
        part = [o for o in outcomes if kind in (None, o.kind)]
        share = sum(o.verdict == "inconclusive" for o in part) / max(1, len(part))
        if share > (IN_ONE if kind else IN_ALL):
            said.append(f"{share:.1%} of {kind or 'all'} are inconclusive")
    return said


def terminal(outcomes: Sequence[Outcome]) -> Group:
    """Tables for the terminal."""
    counts = Table(*HEADS[:1], *(head for head in HEADS[1:]))
    for column in counts.columns[1:]:
        column.justify = "right"
    for row in rows(outcomes):
        counts.add_row(*row)
    why = Table("models", "kinds", "reason", "e.g.")
    for count, kinds, text, number in reasons(outcomes):
        why.add_row(str(count), kinds, text, str(number))
    said = failures(outcomes)
    return Group(counts, *([why] if why.rows else []), "Passed." if not said else f"Failed: {'; '.join(said)}.")


def markdown(outcomes: Sequence[Outcome]) -> str:
    """The counts, for a page."""
    lines = [HEADS, ["---", *["---:"] * (len(HEADS) - 1)], *rows(outcomes)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
