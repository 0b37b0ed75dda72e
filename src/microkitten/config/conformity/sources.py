"""The code as it is read, not run: files, functions, and which function calls which."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file: its module's name, its text, its tree."""

    module: str
    path: Path
    text: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        """Return the file's syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Return every node of the tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """Return every call."""
        return tuple(node for node in self.nodes if isinstance(node, ast.Call))

    @cached_property
    def strings(self) -> tuple[ast.Constant, ...]:
        """Return every text written in the file, docstrings left out."""
        docs = {
            id(node.body[0].value)
            for node in self.nodes
            if isinstance(node, ast.Module | ast.ClassDef | Function)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        return tuple(
            node
            for node in self.nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
        )

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """Return the functions at the top of the file by name, and methods as `Class.method`."""
        found: dict[str, Function] = {}
        for node in self.tree.body:
            if isinstance(node, Function):
                found[node.name] = node
            elif isinstance(node, ast.ClassDef):
                found |= {f"{node.name}.{one.name}": one for one in node.body if isinstance(one, Function)}
        return found

    @cached_property
    def constants(self) -> Mapping[str, ast.expr]:
        """Return what names at the top of the file are assigned."""
        found = {}
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                found[node.target.id] = node.value
        return found

    def dotted(self, node: ast.expr) -> str:
        """Return the full name of what an expression such as `loader.get_template` stands for; "" if it is unknown."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, "")
        if isinstance(node, ast.Attribute):
            before = self.dotted(node.value)
            return f"{before}.{node.attr}" if before else ""
        return ""

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """Return what each imported name stands for, dotted: `actions` -> `microkitten.shop.orders.actions`."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for one in node.names:
                    found[one.asname or one.name.partition(".")[0]] = (
                        one.name if one.asname else one.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        return found


@dataclass(frozen=True)
class Sources:
    """All files of a package, by module."""

    every: tuple[Source, ...]
    _reached: dict[tuple[str, str], frozenset[tuple[str, str]]] = field(default_factory=dict, compare=False)
    _named: dict[tuple[str, str], frozenset[tuple[str, str]]] = field(default_factory=dict, compare=False)
    _calls: dict[tuple[str, str], tuple[ast.Call, ...]] = field(default_factory=dict, compare=False)

    @cached_property
    def by_module(self) -> Mapping[str, Source]:
        """Return the files by their modules' names."""
        return {source.module: source for source in self.every}

    def under(self, *packages: str) -> Iterator[Source]:
        """Yield the files of these packages, named without `microkitten.`: `shop`, `web`."""
        wanted = tuple(f"microkitten.{name}" for name in packages)
        for source in self.every:
            if any(source.module == name or source.module.startswith(name + ".") for name in wanted):
                yield source

    def function(self, module: str, name: str) -> Function | None:
        """Return a function of a module, None if it is no function of ours."""
        source = self.by_module.get(module)
        return source.functions.get(name) if source else None

    def find(self, source: Source, node: ast.expr) -> tuple[str, str] | None:
        """Return (module, function) that an expression names, followed through imports; None if it is none of ours."""
        if isinstance(node, ast.Name):
            if node.id in source.functions:
                return source.module, node.id
            return self._follow(source.imports.get(node.id, ""))
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            return None
        if node.value.id not in source.imports:
            return None
        return self._follow(f"{source.imports[node.value.id]}.{node.attr}")

    def _follow(self, dotted: str, depth: int = 0) -> tuple[str, str] | None:
        module, _, name = dotted.rpartition(".")
        source = self.by_module.get(module)
        if source is None or depth > 5:
            return None
        if name in source.functions:
            return module, name
        further = source.imports.get(name, "")
        return self._follow(further, depth + 1) if further and further != dotted else None

    def reached(self, module: str, name: str) -> frozenset[tuple[str, str]]:
        """Return the functions that a function can come to, itself included; methods of objects are not followed."""
        if (known := self._reached.get((module, name))) is not None:
            return known
        seen: set[tuple[str, str]] = set()
        waiting = [(module, name)]
        while waiting:
            here = waiting.pop()
            function = self.function(*here)
            if here in seen or function is None:
                continue
            seen.add(here)
            waiting += self._names(*here)
        self._reached[(module, name)] = frozenset(seen)
        return frozenset(seen)

    def _names(self, module: str, name: str) -> frozenset[tuple[str, str]]:
        """Return the functions of ours that a function names."""
        if (known := self._named.get((module, name))) is not None:
            return known
        source, function = self.by_module[module], self.by_module[module].functions[name]
        own, found = _own_names(function), set()
        for node in ast.walk(function):
            if not isinstance(node, ast.Name | ast.Attribute) or _root(node) in own:
                continue
            if one := self.find(source, node):
                found.add(one)
        self._named[(module, name)] = frozenset(found)
        return frozenset(found)

    def calls_in(self, module: str, name: str) -> tuple[ast.Call, ...]:
        """Return every call of a function, and those of its file's constants that it names."""
        if (known := self._calls.get((module, name))) is not None:
            return known
        function = self.function(module, name)
        nodes = list(ast.walk(function)) if function else []
        constants = self.by_module[module].constants if function else {}
        for one in [node for node in nodes if isinstance(node, ast.Name) and node.id in constants]:
            nodes += ast.walk(constants[one.id])
        calls = tuple(node for node in nodes if isinstance(node, ast.Call))
        self._calls[(module, name)] = calls
        return calls


def _own_names(function: Function) -> set[str]:
    """Return the names that are a function's own: its parameters, and what it assigns."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    assigned = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    return assigned | {one.arg for one in every}


def _root(node: ast.Name | ast.Attribute) -> str:
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) else ""


def module_name(path: Path, root: Path) -> str:
    """Return the dotted name of a file below `root`, the folder that holds the package."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read(root: Path, *, without: Iterable[str] = ("*/migrations/*", "config/samples/*")) -> Sources:
    """Return all files of the package `microkitten` below `root`; what `without` matches is left out."""
    skipped, package = tuple(without), root / "microkitten"  # wherever the house itself may lie
    return Sources(
        tuple(
            Source(
                module_name(path, root), path, path.read_text(encoding="utf-8"), path.name == "__init__.py"
            )
            for path in sorted(package.rglob("*.py"))
            if not any(fnmatchcase(path.relative_to(package).as_posix(), one) for one in skipped)
        )
    )


def planted(root: Path, **files: str) -> Sources:
    """Return sources made of texts, for tests: `shop__orders__views` is `microkitten.shop.orders.views`."""
    made = []
    for name, text in files.items():
        parts = name.split("__")
        made.append(Source(".".join(("microkitten", *parts)), root.joinpath(*parts).with_suffix(".py"), text))
    return Sources(tuple(made))
