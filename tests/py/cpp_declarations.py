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
class Function:
    namespace: str
    name: str


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


def _function_name(words: list[str]) -> str | None:
    """Of a statement whose parentheses are collapsed: the name before the first of them."""
    if words and words[0] == "template":
        words = words[_past(words, 1, "<", ">") :]
    if NOT_FUNCTIONS & set(words[:3]):
        return None
    for at, word in enumerate(words):
        if word == "=":
            return None
        if word == GROUP and at > 1 and re.match(r"[A-Za-z_]\w*$", words[at - 1]) and words[at - 1] not in NOT_NAMES:
            return words[at - 1] if words[at - 2] != "::" else None  # a member, defined outside of its class
    return None


def functions(header: pathlib.Path) -> list[Function]:
    tokens = TOKEN.findall(_plain(header.read_text()))
    found: dict[Function, None] = {}
    namespaces: list[str] = []
    statement: list[str] = []
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
            if name := _function_name(statement):
                found[Function("::".join(namespaces), name)] = None
            at = _past(tokens, at, "{", "}") if token == "{" else at + 1
            statement = []
        elif token == "(":
            at = _past(tokens, at, "(", ")")
            statement.append(GROUP)
        else:
            statement.append(token)
            at += 1
    return list(found)
