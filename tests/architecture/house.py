"""The rules of the house, as functions from source text to offences; ``test_house`` applies them and tries them out."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MODULE_LINES, FUNCTION_LINES = 300, 60
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}
UNSAFE_MODULES = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
UNSAFE_CALLS = {"eval", "exec"}
BROAD = {"Exception", "BaseException"}
# an absolute path of somebody's machine; after a letter, a dot or the sign of a URL it is part of something else
MACHINE_PATH = re.compile(r"(?<![\w.:/~<}*$-])/(?:work|home|root|Users)/[\w.-]+")
INDEX_ADDRESS = re.compile(
    r"^\s*(?:-i\b|--(?:extra-)?index-url\b|--find-links\b|--trusted-host\b)|@\s*(?:https?|file):", re.MULTILINE
)
REGISTRY = re.compile(
    r"https?://(?!pypi\.org|registry\.npmjs\.org)[\w.-]*(?:pypi|npm|registry|artifactory|nexus|devpi)[\w.-]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Source:
    """One Python module."""

    path: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def at(self, node: ast.AST, what: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)} {what}"


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def broad_excepts(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(kind is None or ast.unparse(kind).rpartition(".")[2] in BROAD for kind in kinds):
                yield source.at(node, "catches everything")


def imports_in_functions(source: Source) -> Iterator[str]:
    for function in functions(source.tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield source.at(node, f"imports inside {function.name}")


def globals_and_nonlocals(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Global):
            yield source.at(node, f"global {', '.join(node.names)}")


def vague_module_names(source: Source) -> Iterator[str]:
    for part in (*source.path.parent.parts, source.path.stem):
        if set(part.lower().split("_")) & VAGUE_NAMES:
            yield f"{source.path} is named {part}: name the noun it is about"


def undocumented_names(source: Source) -> Iterator[str]:
    tree = source.tree
    if tree.body and not ast.get_docstring(tree):
        yield f"{source.path} says nowhere what it is"
    yield from _undocumented(source, tree)


def _undocumented(source: Source, scope: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in scope.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        is_setter = any(
            isinstance(d, ast.Attribute) and d.attr in {"setter", "deleter", "overload"} for d in node.decorator_list
        )
        is_override = any(ast.unparse(d).rpartition(".")[2] in {"override", "overload"} for d in node.decorator_list)
        if not ast.get_docstring(node) and not is_setter and not is_override:
            yield source.at(node, f"{node.name} has no docstring")
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(source, node)


def long_modules(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > MODULE_LINES:
        yield f"{source.path} has {lines} lines"


def long_functions(source: Source) -> Iterator[str]:
    for node in functions(source.tree):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES:
            yield source.at(node, f"{node.name} has {lines} lines")


def prints(source: Source) -> Iterator[str]:
    if source.path.parts[0] == "cli" or source.path.name == "__main__.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield source.at(node, "prints")


def unsafe_loading(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            yield from (source.at(node, f"imports {name}") for name in modules if name.split(".")[0] in UNSAFE_MODULES)
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in UNSAFE_CALLS or called in {"yaml.load", "yaml.unsafe_load", "yaml.full_load"}:
                yield source.at(node, f"calls {called}")
            if any(k.arg == "allow_pickle" and not _is_false(k.value) for k in node.keywords):
                yield source.at(node, f"{called} allows pickle")


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def machine_paths(path: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), start=1):
        for found in MACHINE_PATH.findall(line):
            yield f"{path}:{number} names a place on one machine: {found}"


def private_addresses(path: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), start=1):
        for found in REGISTRY.findall(line):
            yield f"{path}:{number} names a registry: {found}"


def index_addresses(path: Path, text: str) -> Iterator[str]:
    for found in INDEX_ADDRESS.finditer(text):
        yield f"{path}:{text.count(chr(10), 0, found.start()) + 1} names where packages come from"
