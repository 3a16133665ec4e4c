"""Mutation testing: how many small changes of a module do the tests that concern it notice?

    python -m tests.mutation gaussian/discord.py fock/tails.py --sample 120

Each mutant is one change: another arithmetic or comparison operator, a sign dropped, a number one more or less, `and`
for `or`, a condition inverted, a decorator taken away. The module's own doctests and its tests run on it in a forked
process which sees the changed source in place of the module; no file is touched. `pip install -e ".[mutation]"` first.
"""

import argparse
import ast
import doctest
import importlib
import importlib.util
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from importlib.machinery import SourceFileLoader
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The files of tests/<package> that concern a module, those likeliest to fail first; all of them if it is not listed.
CONCERNS = {
    "covariance discord entanglement entropy parties photons symplectic": "measures* scans states*",
    "forms ladder errors": "ladder generator scans dynamics* measures*",
    "steering contangle": "steering contangle measures_of*",
    "inseparability squeezing": "inseparability measures_of*",
    "normal_forms": "normal_forms measures_of*",
    "generator": "generator scans dynamics*",
    "states": "states* measures* dynamics*",
    "evolution lyapunov lyapunov_equation normal_modes": "lyapunov* scans dynamics* generator",
    "continuity tails": "continuity tails",
}
OPTIONS = ["-n0", "-x", "-q", "--tb=line", "-p", "no:cacheprovider", "--benchmark-skip", "-o", "addopts="]
OPTIONS += ["-W", "ignore:Module already imported"]
# Replacements; further ones (+ by <<, say) only fail in the same places.
BINARY = {"Add": ("Sub", "Mul"), "Sub": ("Add", "Mul"), "Mul": ("Div", "Add"), "Div": ("Mul",), "FloorDiv": ("Mul",)}
BINARY |= {"Pow": ("Mul",), "BitAnd": ("BitOr",), "RShift": ("LShift",), "BitXor": ("BitOr",), "LShift": ("RShift",)}
BINARY |= {"Mod": ("FloorDiv",)}
COMPARISON = {"Eq": ("NotEq",), "NotEq": ("Eq",), "Is": ("IsNot",), "IsNot": ("Is",)}
COMPARISON |= {"Lt": ("LtE", "Gt"), "LtE": ("Lt", "Gt"), "Gt": ("GtE", "Lt"), "GtE": ("Gt", "Lt")}
OTHERS = ["ReplaceUnaryOperator_Delete_USub", "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_Invert"]
OTHERS += ["AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd"]
OTHERS += ["ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "NumberReplacer", "RemoveDecorator"]
MEMORY = 8 * 2**30


class Mutated(SourceFileLoader):
    """Imports one module from a changed source."""

    def __init__(self, name, path, source):
        super().__init__(name, str(path))
        self.source = source

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, fullname):
        return compile(self.source, self.path, "exec")


def mutants(source):
    """(line, before, after, source) of every mutant, in the order of the lines."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    names = [f"ReplaceBinaryOperator_{a}_{b}" for a, to in BINARY.items() for b in to]
    names += [f"ReplaceComparisonOperator_{a}_{b}" for a, to in COMPARISON.items() for b in to]
    seen, found = {ast.dump(ast.parse(source))}, []
    for name in names + OTHERS:
        operator = get_operator(f"core/{name}")()
        places = [p for node in ast_nodes(get_ast(source)) for p in operator.mutation_positions(node)]
        for occurrence, ((line, _), _) in enumerate(places):
            changed = mutate_code(source, operator, occurrence)
            try:
                tree = ast.dump(ast.parse(changed))
            except SyntaxError:  # a lone * between parameters is no product
                continue
            if tree not in seen:
                seen.add(tree)
                pairs = zip(source.splitlines(), changed.splitlines(), strict=False)
                before, after = next(((a, b) for a, b in pairs if a != b))
                found.append((line, before.strip(), after.strip(), changed))
    return sorted(found)


def survives(module, source, tests, limit, output):
    """Whether doctests and tests pass in a forked process that imports `module` from `source`."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            signal.alarm(limit)  # a mutant may loop for ever
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            name = ".".join(module.with_suffix("").parts)
            sys.meta_path.insert(0, Mutated(name, ROOT / module, source))
            flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
            import pytest

            if not doctest.testmod(importlib.import_module(name), optionflags=flags).failed:
                code = int(pytest.main([*OPTIONS, *map(str, tests)]))
        except BaseException:  # what the import of a mutant raises, too, is a failure to print
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def examine(module, sample, seed):
    """Print the survivors of one module, then its score."""
    patterns = next((tests for modules, tests in CONCERNS.items() if module.stem in modules.split()), "*")
    tests = [t for p in patterns.split() for t in sorted((ROOT / "tests" / module.parts[0]).glob(f"test_{p}.py"))]
    source = (ROOT / module).read_text("utf-8")
    everything = mutants(source)
    chosen = sorted(random.Random(seed).sample(everything, min(sample or len(everything), len(everything))))
    with tempfile.TemporaryFile() as output:
        start, limit, alive = time.monotonic(), 600, 0
        for line, before, after, changed in [(0, "", "", source), *chosen, (0, "", "", source)]:
            lives = survives(module, changed, tests, limit, output)
            if line == 0:  # first and last, no mutant: whatever kills it is not the tests
                if not lives:
                    output.seek(0)
                    raise SystemExit(f"The tests of {module} fail as it is:\n{output.read().decode()}")
                limit = 10 + round(5 * (time.monotonic() - start))
            elif lives:
                alive += 1
                print(f"{module}:{line}\n    - {before}\n    + {after}", flush=True)
    seconds = time.monotonic() - start
    print(f"{module}: {len(chosen)} of {len(everything)} mutants, {alive} survive, {seconds:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=0, help="mutants tried of each module, at random; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    os.chdir(ROOT)
    os.environ["OMP_NUM_THREADS"] = "1"
    for heavy in ("flint", "hypothesis.extra.numpy", "pytest", "qutip", "scipy.integrate", "scipy.linalg"):
        importlib.import_module(heavy)  # once, in the parent
    for module in arguments.modules:
        examine(module, arguments.sample, arguments.seed)


if __name__ == "__main__":
    main()
