"""The functions that C++ headers declare at namespace scope: enough of a parser to list them, classes left out."""

from __future__ import annotations

import dataclasses
import pathlib
import re

TOKEN = re.compile(r'[A-Za-z_]\w*|\d[\w.\']*|"(?:\\.|[^"\\])*"|::|->|[-+*/%&|^!=<>]=|&&|\|\||\+\+|--|\S')
NOT_FUNCTIONS = {"struct", "class", "enum", "union", "using", "typedef", "friend", "static_assert", "concept", "operator"}
NOT_NAMES = {"__attribute__", "decltype", "alignas", "noexcept", "requires"}
GROUP = "()"


@dataclasses.dataclass(frozen=True)
class Parameter:
    type: str
    default: str | None = None


@dataclasses.dataclass(frozen=True)
class Function:
    namespace: str
    name: str
    parameters: tuple[Parameter, ...] = ()
    template: tuple[Parameter, ...] = ()

    @property
    def path(self) -> str:
        return f"{self.namespace}::{self.name}"


def _plain(text: str) -> str:
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    text = re.sub(r"//[^\n]*", "", text)
    text = re.sub(r"\\\n", " ", text)
    text = re.sub(r"^[ \t]*#[^\n]*", "", text, flags=re.MULTILINE)
    return re.sub(r"\[\[.*?\]\]", " ", text, flags=re.DOTALL)


def _past(tokens: list[str], at: int, opening: str, closing: str) -> int:
    depth = 0
    while at < len(tokens):
        depth += (tokens[at] == opening) - (tokens[at] == closing)
        at += 1
        if depth == 0:
            break
    return at


def _parameters(tokens: list[str]) -> tuple[Parameter, ...]:
    """Of a list without its brackets, split at its outer commas."""
    found, part, depth = [], [], 0
    for token in [*tokens, ","]:
        depth += (token in "<([{") - (token in ">)]}")
        if token != "," or depth:
            part.append(token)
            continue
        if part:
            at = part.index("=") if "=" in part else len(part)
            declared = part[: at - 1] if at > 1 else part[:at]  # less the name
            found.append(Parameter(" ".join(declared), " ".join(part[at + 1 :]) if at < len(part) else None))
        part = []
    return tuple(found)


def _function(statement: list[str | list[str]], namespace: str) -> Function | None:
    """Of a statement whose parentheses are lists: the name before the first of them."""
    words = [GROUP if isinstance(word, list) else word for word in statement]
    template: tuple[Parameter, ...] = ()
    if words and words[0] == "template":
        end = _past(words, 1, "<", ">")
        flat = [t for word in statement[2 : end - 1] for t in (["(", *word, ")"] if isinstance(word, list) else [word])]
        template, words, statement = _parameters(flat), words[end:], statement[end:]
    if NOT_FUNCTIONS & set(words[:3]):
        return None
    for at, word in enumerate(words):
        if word == "=":
            return None
        if word == GROUP and at > 1 and re.match(r"[A-Za-z_]\w*$", words[at - 1]) and words[at - 1] not in NOT_NAMES:
            if words[at - 2] == "::":  # a member, defined outside of its class
                return None
            return Function(namespace, words[at - 1], _parameters(list(statement[at])), template)
    return None


def functions(header: pathlib.Path) -> list[Function]:
    tokens = TOKEN.findall(_plain(header.read_text()))
    found: dict[Function, None] = {}
    namespaces: list[str] = []
    statement: list[str | list[str]] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token == "namespace" and "{" in tokens[at : at + 12]:
            end = tokens.index("{", at)
            namespaces.append("".join(tokens[at + 1 : end]))
            at, statement = end + 1, []
        elif token == "}":
            namespaces = namespaces[:-1]
            at, statement = at + 1, []
        elif token in (";", "{"):
            if function := _function(statement, "::".join(namespaces)):
                found[function] = None
            at = _past(tokens, at, "{", "}") if token == "{" else at + 1
            statement = []
        elif token == "(":
            end = _past(tokens, at, "(", ")")
            statement.append(tokens[at + 1 : end - 1])
            at = end
        else:
            statement.append(token)
            at += 1
    return list(found)
