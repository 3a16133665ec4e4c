"""Models changed in one respect, for the counter-tests of claims: other fields, more noise, another term."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from crosscheck.model import Dissipator, Model, Preparation
from crosscheck.models.jumps import jumps_of


@dataclass(frozen=True)
class Altered(Model):
    """A model with another Hamiltonian, other dissipators or another preparation; all else is that of `model`."""

    model: Any
    new_hamiltonian: Callable[..., Any] | None = None
    new_dissipators: Callable[[Iterable[Dissipator]], Iterable[Dissipator]] | None = None
    more_dissipators: Callable[..., Iterable[Dissipator]] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # copying and pickling ask before there is a model
            raise AttributeError(name)
        return getattr(self.model, name)

    @property
    def modes(self) -> int:
        return int(self.model.modes)

    def hamiltonian(self, *a: Any) -> Any:
        h = self.model.hamiltonian(*a)
        return self.new_hamiltonian(h, *a) if self.new_hamiltonian else h

    def dissipators(self, *a: Any) -> Iterator[Dissipator]:
        own: Iterable[Dissipator] = jumps_of(self.model, a)
        yield from self.new_dissipators(own) if self.new_dissipators else own
        if self.more_dissipators:
            yield from self.more_dissipators(*a)

    def preparation(self, *a: Any) -> Preparation:
        own: Preparation = self.model.preparation(*a)
        return own

    @classmethod
    def example(cls) -> Any:
        raise NotImplementedError("A variant is made from a model.")


def with_fields(**changes: Any) -> Callable[[Any], Model]:
    """Other values of those fields that a model has."""

    def variant(model: Any) -> Model:
        changed: Model = replace(model, **{k: v for k, v in changes.items() if hasattr(model, k)})
        return changed

    return variant


def with_noise_times(factor: float) -> Callable[[Any], Model]:
    """Every dissipator at `factor` times its rate."""
    return lambda model: Altered(model, new_dissipators=lambda own: [replace(d, rate=factor * _number(d)) for d in own])


def _number(dissipator: Dissipator) -> Any:
    return dissipator.rate


def with_term(term: Callable[..., Any]) -> Callable[[Any], Model]:
    """`term(*a)` added to the Hamiltonian."""
    return lambda model: Altered(model, new_hamiltonian=lambda h, *a: h + term(*a))


def with_dissipator(more: Callable[..., Iterable[Dissipator]]) -> Callable[[Any], Model]:
    """`more(*a)` added to the dissipators."""
    return lambda model: Altered(model, more_dissipators=more)
