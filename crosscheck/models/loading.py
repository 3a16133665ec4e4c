"""`file.py:Name` and `package.module:Name`: objects of the user's own, loaded by name.

A file is run as Python runs a script, with its folder on the path. What goes wrong inside it is told with the line of
the file where it went wrong, never with a traceback through this package.

>>> load("crosscheck.models:LossyTwinBeams").__name__
'LossyTwinBeams'
"""

from __future__ import annotations

import dataclasses
import difflib
import importlib
import importlib.util
import inspect
import os
import sys
import sysconfig
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import PathFinder
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from crosscheck.errors import CrosscheckError
from crosscheck.models.asked import Heard, listening
from crosscheck.models.main_block import main_block, run_block

OURS = frozenset(("crosscheck", "fock", "gaussian"))
INSTALLED = tuple(sysconfig.get_paths()[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib"))
# Packages from which targets were loaded: the user's, even where they are installed.
_named_packages: set[str] = set()
# What files asked of QuTiP's solvers, by the names of their modules.
_heard: dict[str, Heard] = {}
# Files are modules of this prefix, lest a script called `gaussian.py` replace a package.
PREFIX = "crosscheck_target_"
# More operators than these are not counted out to a method.
MOST_MODES = 10**6
# How alike a name must be to be taken for a slip.
ALIKE = 0.75
FORM = "A target is FILE.py:NAME or PACKAGE.MODULE:NAME"


class TargetNotFound(CrosscheckError, LookupError):
    """What was named as a target cannot be loaded; the message says what is missing, or the line that failed."""


def is_target(text: str) -> bool:
    """Whether a text names an object of the user's own, and not a model of this package."""
    return ":" in text or text.endswith(".py")


def load(target: str, *, whole: Callable[[ModuleType], bool] = lambda module: False) -> Any:
    """The object that `file.py:Name` or `package.module:Name` names.

    `file.py` alone is the one model that the file defines; or the module itself, where that is `whole`.

    Raises:
        TargetNotFound: no such file, module or name; or the file fails when it is run.
    """
    where, _, name = target.rpartition(":") if ":" in target else (target, "", "")
    if not where or not (name or where.endswith(".py")):
        raise TargetNotFound(
            f"{FORM}, such as mymodel.py:Cavity, but is {target!r}.",
            "Write the file, a colon and the name of the class.",
        )
    module = _file(Path(where)) if where.endswith(".py") else _module(where)
    if name:
        return _named(module, name, where)
    if whole(module):
        return module
    if where.endswith(".py") and not _says(module):
        _run_main(module, where)
    return only_model(module, where)


def model_of(found: Any, name: str, *, laboratory: bool = False) -> Any:
    """The model that a target stands for: itself, or the example of a class.

    Raises:
        TargetNotFound: it is no model, or a class without an example.
    """
    if isinstance(found, type) and hasattr(found, "hamiltonian"):
        maker = getattr(found, "laboratory" if laboratory else "example", None)
        if maker is None:
            raise TargetNotFound(
                f"The class {name} must have a classmethod {'laboratory' if laboratory else 'example'}() that gives "
                "its parameters values, but has none.",
                "Add one, or name an instance in the same file.",
            )
        with _said_of(name):
            found = maker()
    if not hasattr(found, "hamiltonian"):
        near = difflib.get_close_matches("hamiltonian", dir(found), n=1, cutoff=ALIKE)
        raise TargetNotFound(
            f"{name} must be a model (a class with modes, hamiltonian and dissipators, or an instance of one), but "
            + (f"has no hamiltonian, and {near[0]}." if near else f"is of type {type(found).__name__}."),
            f"Rename {near[0]} to hamiltonian." if near else "`crosscheck new NAME` writes a model file to start from.",
        )
    _require_signatures(found, name)
    return found


def _require_signatures(model: Any, name: str) -> None:
    """Refuse methods that do not take one operator for each mode."""
    modes = getattr(model, "modes", None)
    for method in ("hamiltonian", "dissipators", "preparation"):
        if not callable(getattr(model, method, len)):
            raise TargetNotFound(
                f"{method} of {name} must be a method, but is {getattr(model, method)!r}.",
                "Write it as `def`, without @property.",
            )
        if not isinstance(modes, int) or not 0 < modes <= MOST_MODES:
            continue  # refused elsewhere
        try:
            inspect.signature(getattr(model, method, lambda *ladder: None)).bind(*range(modes))
        except TypeError:
            raise TargetNotFound(
                f"The method {method} of {name} must take one operator for each of its modes, {modes} here, but takes "
                f"{inspect.signature(getattr(model, method))}.",
                "Change its arguments, or `modes`.",
            ) from None


def require_file(target: str) -> None:
    """Refuse a target in a Python file that is not there.

    Raises:
        TargetNotFound: with names like it in that folder.
    """
    where = target.rpartition(":")[0] if ":" in target else target
    path = Path(where)
    if where.endswith(".py") and not path.is_file():
        near = difflib.get_close_matches(path.name, [p.name for p in path.parent.glob("*.py")], n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "Check the path, and the folder you are in."
        raise TargetNotFound(f"There is no file {str(path)!r}.", hint)


def _file(path: Path) -> ModuleType:
    require_file(str(path))
    name = PREFIX + path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise TargetNotFound(f"{FORM}, but {str(path)!r} is no Python file.", "Give a file that ends in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    _add_to_path(path.resolve().parent)
    _heard[name] = Heard()
    with _as_script(path, _heard[name]):
        spec.loader.exec_module(module)
    return module


@contextmanager
def _as_script(path: Path, heard: Heard) -> Iterator[None]:
    with (
        _said_of(str(path), path.absolute()),
        _among_neighbours(path.resolve().parent),
        _without_windows(),
        listening(path.absolute(), heard),
    ):
        yield


def _run_main(module: ModuleType, where: str) -> None:
    """Run what the file guards by `__name__`, if it guards anything.

    Raises:
        TargetNotFound: it fails, or writes a file before it says anything.
    """
    path = Path(where)
    block = main_block(path.absolute())
    if block is None:
        return
    with _as_script(path, _asked(module)):
        line = run_block(block, module)
    if line is not None and not _says(module):
        raise TargetNotFound(
            f"{where} must call one of QuTiP's solvers before its block under __main__ writes a file, but that block "
            f"writes one in line {line}, where it was ended.",
            "Solve first and write afterwards, or call the solver outside of the block.",
        )


@contextmanager
def _without_windows() -> Iterator[None]:
    """Plots of a script open no windows, which would wait to be closed, unless a backend was chosen."""
    chosen = os.environ.get("MPLBACKEND")
    os.environ.setdefault("MPLBACKEND", "agg")
    try:
        yield
    finally:
        if chosen is None:
            os.environ.pop("MPLBACKEND", None)


def _module(name: str) -> ModuleType:
    _add_to_path(Path.cwd())
    _named_packages.add(name.partition(".")[0])
    with _said_of(name):
        return importlib.import_module(name)


def _add_to_path(folder: Path) -> None:
    """First, and for good: a function of the user's may import its neighbours when it is called."""
    if str(folder) in sys.path:
        sys.path.remove(str(folder))
    sys.path.insert(0, str(folder))


@contextmanager
def _among_neighbours(folder: Path) -> Iterator[None]:
    """Without the modules from other folders that this one has, too: a/parameters.py is not b/parameters.py."""
    packages = {top for top in {name.partition(".")[0] for name in sys.modules} if _has_its_own(folder, top)}
    hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in packages}
    for name in hidden:
        del sys.modules[name]
    try:
        yield
    finally:
        sys.modules.update(hidden)


def _has_its_own(folder: Path, top: str) -> bool:
    """Whether a module that is imported, and no package's that is installed, would be another one here."""
    origin = getattr(getattr(sys.modules.get(top), "__spec__", None), "origin", None)
    if top in OURS or not origin or any(map(Path(origin).is_relative_to, INSTALLED)):
        return False
    here = PathFinder.find_spec(top, [str(folder)])
    return here is not None and here.origin is not None and Path(here.origin) != Path(origin).resolve()


@contextmanager
def _said_of(what: str, path: Path | None = None) -> Iterator[None]:
    """Any exception of the user's code as one sentence with its line."""
    try:
        yield
    except CrosscheckError:
        raise
    except (Exception, SystemExit) as error:
        raise TargetNotFound(
            f"{what} cannot be loaded: {told(error, path)}", "Put that right: the file must run in Python as it stands."
        ) from error


def told(error: BaseException, path: Path | None = None) -> str:
    """An exception in one sentence, with the last line of the user's (in the file `path`, if given) on its way."""
    if isinstance(error, SyntaxError) and error.filename:
        where = Path(error.filename)
        return f"line {error.lineno}{'' if where == path else f' of {where.name}'}: {error.msg}."
    line = line_of_theirs(error, path)
    return f"{line}{': ' if line else ''}{type(error).__name__}: {str(error).rstrip('.')}."


def line_of_theirs(error: BaseException, path: Path | None = None) -> str:
    """`line 7 of cavity.py`: the last line of the user's that an exception went through; empty if there is none."""
    frames = [(frame.f_code.co_filename, line) for frame, line in _frames(error) if _whose(frame) == "theirs"]
    frames = [(file, line) for file, line in frames if file == str(path)] or frames
    if not frames:
        return ""
    where, line = Path(frames[-1][0]), frames[-1][1]
    return f"line {line}{'' if where == path else f' of {where.name}'}"


def failed_in_theirs(error: BaseException) -> bool:
    """Whether an exception was raised by the user's code, or by a library that it called, and not by this project.

    What our own code raises while the user's calls it stays ours.
    """
    frames = [_whose(frame) for frame, _ in _frames(error)]
    return next((who for who in reversed(frames) if who), "ours") == "theirs"


def _frames(error: BaseException) -> list[tuple[FrameType, int]]:
    return list(traceback.walk_tb(error.__traceback__))


def _whose(frame: FrameType) -> str:
    """`ours`, `theirs`, or nobody's: that of a library."""
    file, module = frame.f_code.co_filename, str(frame.f_globals.get("__name__", ""))
    package = module.partition(".")[0]
    if package in OURS:
        return "ours"
    if module.startswith(PREFIX) or package in _named_packages:
        return "theirs"
    return "" if file.startswith("<") or any(map(Path(file).is_relative_to, INSTALLED)) else "theirs"


def _named(module: ModuleType, name: str, where: str) -> Any:
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            public = [n for n in vars(found) if not n.startswith("_")]
            own = [n for n in public if not inspect.ismodule(vars(found)[n]) and _is_of(found, vars(found)[n])]
            near = difflib.get_close_matches(part, public, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"Choose from {', '.join((own or public)[:12])}."
            raise TargetNotFound(f"There is no {part!r} in {where}.", hint)
        found = getattr(found, part)
    return found


def _is_of(holder: Any, value: Any) -> bool:
    """Whether a value was made in the module, as far as it tells, and not imported from another one."""
    return not inspect.ismodule(holder) or getattr(value, "__module__", holder.__name__) == holder.__name__


def only_model(module: ModuleType, where: str) -> Any:
    """The one class of a module that is a model; without any, its one instance, such as `quick` makes; of a script
    without either, the model of its QuTiP objects H and c_ops, or else of what it asked QuTiP's solvers last.

    Raises:
        TargetNotFound: there are several, or none.
        InvalidModel: H and c_ops are no model.
    """
    models = _models(module)
    if not models and (_is_qutip(vars(module).get("H")) or _asked(module).last is not None):
        return _of_qutip(module, where)
    if len(models) != 1:
        names = ", ".join(f"{where}:{name}" for name in models)
        raise TargetNotFound(
            f"{FORM}, for {where} defines {len(models) or 'no'} models.",
            f"Name the object, as in {names or where + ':Name'}.",
        )
    return next(iter(models.values()))


def _models(module: ModuleType) -> dict[str, Any]:
    """The classes of a module that are models; without any, its instances."""
    named = {name: found for name, found in vars(module).items() if hasattr(found, "hamiltonian")}
    models = {f.__name__: f for f in named.values() if isinstance(f, type) and _is_of(module, f)}
    if models:
        return models
    made = {name: found for name, found in named.items() if not isinstance(found, type) and hasattr(found, "modes")}
    return {name: found for name, found in made.items() if _first_name(made, found) == name}


def _first_name(holder: Mapping[str, Any], value: Any) -> str:
    """The first of the names that one object has."""
    return next(name for name, other in holder.items() if other is value)


# What a script calls its initial state, the times of its solver, and beside them the arguments of its coefficients.
STARTS, GRIDS, ARGS = ("rho0", "psi0"), ("tlist", "times"), "args"


def _is_qutip(value: Any) -> bool:
    """Whether a value is an object of QuTiP's, or a list that holds one."""
    if isinstance(value, (list, tuple)):
        return any(map(_is_qutip, value))
    return type(value).__module__.partition(".")[0] == "qutip"


def _asked(module: ModuleType) -> Heard:
    return _heard.get(module.__name__, Heard())


def _says(module: ModuleType) -> bool:
    """Whether a file, as far as it was run, has a model, both H and c_ops, or a call of a solver."""
    named = _is_qutip(vars(module).get("H")) and "c_ops" in vars(module)
    return named or _asked(module).last is not None or bool(_models(module))


def _of_qutip(module: ModuleType, where: str) -> Any:
    """The model of H and c_ops, with rho0 or psi0, args, and tlist or times where the script has them; where it has
    not both, of the last call of a solver.
    """
    from crosscheck.models.from_qutip import from_qutip

    names, heard = vars(module), _asked(module)
    if _is_qutip(names.get("H")) and "c_ops" in names:
        start = next((name for name in STARTS if name in names), None)
        args = ARGS if isinstance(names.get(ARGS), Mapping) else None
        grid = next((name for name in GRIDS if name in names and not callable(names[name])), None)
        found = {"rho0": start, "args": args, "tlist": grid}
        read = ["H", "c_ops", *filter(None, found.values())]
        given = {name: names[name] for name in ("H", "c_ops")}
        given |= {name: names[own] for name, own in found.items() if own}
        origin = f"{', '.join(read[:-1])} and {read[-1]}"
    elif heard.last is not None:
        given, origin = heard.last.given, heard.origin
    else:
        raise TargetNotFound(
            f"{where} has H, but no c_ops, calls none of QuTiP's solvers as it is run, and defines no model.",
            "Call the list of collapse operators c_ops; write c_ops = [] for a closed system.",
        )
    with _said_of(where):
        model = from_qutip(**given)
    return dataclasses.replace(model, origin=f"{origin} of {Path(where).name}")
