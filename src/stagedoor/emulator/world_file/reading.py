"""Reads world files, and says in which line and field a mistake is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stagedoor.platform.encodable import first_problem
from stagedoor.platform.model import problems_of

from ..world import WorldFileError
from .content import VERSION, WorldContent

MOST_BYTES = 8 * 1_048_576
_MOST_DEPTH = 20
_MOST_SHOWN = 20

Problem = tuple[str, str]


def read(file: Path, begins: Callable[[str], object]) -> str:
    """The content of a YAML file as JSON. `begins` makes a world of it, to see that it can be used.

    Raises `WorldFileError`, whose message has a line for each mistake.
    """
    try:
        with file.open("rb") as opened:
            text = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise WorldFileError(f"{file} can't be read: {error.strerror}.") from error
    if len(text) > MOST_BYTES:
        raise WorldFileError(f"{file} is larger than {MOST_BYTES // 1_048_576} MiB.")
    data, lines = _loaded(file, text)
    try:
        content = checked(data)
        begins(content)
    except WorldFileError as error:
        listed = [
            f"  line {_line(lines, path)}, {path}: {reason}" if path else f"  line 1: {reason}"
            for path, reason in sorted(error.problems, key=lambda one: _line(lines, one[0]))
        ]
        said = "\n".join((f"{file} is no world that can be used:", *listed[:_MOST_SHOWN]))
        raise WorldFileError(said, error.problems) from None
    return content


def checked(data: Any) -> str:
    """Plain data as the content's JSON. Raises `WorldFileError`, whose problems have paths."""
    problem = first_problem(data)
    if problem is not None:
        raise _wrong([problem])
    if not isinstance(data, dict):
        raise _wrong([("", "must have names and values, such as version: 1")])
    version = data.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        reason = f"is {version}: written for a newer Stagedoor; this one reads {VERSION}"
        raise _wrong([("version", reason)])
    try:
        content = WorldContent.model_validate(data)
    except ValidationError as error:
        raise _wrong(problems_of(error)) from None
    return content.model_dump_json(exclude_unset=True)


def parsed(content: str) -> WorldContent:
    return WorldContent.model_validate_json(content)


def _wrong(problems: Iterable[Problem]) -> WorldFileError:
    listed = tuple(problems)
    return WorldFileError("; ".join(f"{path}: {reason}" for path, reason in listed), listed)


def _line(lines: dict[str, int], path: str) -> int:
    """The line of the field, or of the nearest thing that it is part of."""
    while path not in lines and path:
        path = path.rpartition(".")[0]
    return lines.get(path, 1)


def _loaded(file: Path, text: bytes) -> tuple[Any, dict[str, int]]:
    """The file's data, and the line of each path in it."""
    try:
        import yaml
    except ImportError:
        raise WorldFileError(
            "World files need PyYAML, of the extra: pip install '/path/to/the/clone[emulator]'"
        ) from None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loading = loader(text.decode())
        try:
            for event in yaml.parse(text.decode(), Loader=loader):
                if isinstance(event, yaml.AliasEvent):
                    mark = event.start_mark
                    where = f", line {mark.line + 1}" if mark else ""
                    raise WorldFileError(f"{file}{where}: aliases (*name) aren't read.")
            node = loading.get_single_node()
            lines: dict[str, int] = {}
            return _Values(file, loading, lines).of(node, "", 0), lines
        finally:
            loading.dispose()
    except UnicodeDecodeError as error:
        raise WorldFileError(f"{file} isn't UTF-8 (byte {error.start:,}).") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        why = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise WorldFileError(f"{file}{where}: no YAML: {why}.") from None
    except RecursionError:
        raise WorldFileError(f"{file} is nested too deeply.") from None


class _Values:
    """Makes plain data of YAML's nodes. Dates stay texts."""

    def __init__(self, file: Path, loader: Any, lines: dict[str, int]) -> None:
        self._file, self._loader, self._lines = file, loader, lines

    def of(self, node: Any, path: str, depth: int) -> Any:
        if node is None:
            return None
        line = node.start_mark.line + 1
        self._lines.setdefault(path, line)
        if depth > _MOST_DEPTH:
            raise WorldFileError(f"{self._file}, line {line}: nested too deeply.")
        if node.id == "scalar":
            return self._scalar(node, line)
        if node.id == "sequence":
            return [
                self.of(one, f"{path}.{place}" if path else str(place), depth + 1)
                for place, one in enumerate(node.value)
            ]
        made: dict[str, Any] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            name = self._name(key, at)
            if name in made:
                raise WorldFileError(f"{self._file}, line {at}: {name} is here twice.")
            inner = f"{path}.{name}" if path else name
            self._lines[inner] = at
            made[name] = self.of(value, inner, depth + 1)
        return made

    def _name(self, node: Any, line: int) -> str:
        if node.id != "scalar":
            raise WorldFileError(f"{self._file}, line {line}: a name must be a word.")
        return str(node.value)

    def _scalar(self, node: Any, line: int) -> Any:
        kind = node.tag.rpartition(":")[2]
        if kind not in ("null", "bool", "int", "float"):
            return node.value
        try:
            return json.loads(json.dumps(self._loader.construct_object(node), allow_nan=False))
        except ValueError:
            raise WorldFileError(
                f"{self._file}, line {line}: {node.value[:40]!r} is no number."
            ) from None
