"""What a run said, as data: findings out of the exception and the warnings, whichever of the two carried them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import tilewright

HEAD = re.compile(r"^(?:(?P<severity>\w+): )?(?P<category>[A-Za-z]+)\[(?P<code>[\w-]+)\]: (?P<what>.*)$")
FIELD = re.compile(r"^  (?P<label>at|and|why|fix|\w+) +(?P<text>.*)$")
PLACE = re.compile(r"(?P<file>[^\s,:]+\.(?:cpp|h|hpp)):(?P<line>\d+)")


@dataclass
class Finding:
    category: str
    code: str
    what: str
    severity: str  # error or warning
    text: str
    at: list[str] = field(default_factory=list)

    @property
    def place(self) -> tuple[str, int] | None:
        """File and line of the first place; None if that is no kernel's line."""
        found = PLACE.search(self.at[0]) if self.at else None
        return (found["file"], int(found["line"])) if found else None


def findings_in(text: str, severity: str) -> list[Finding]:
    found: list[Finding] = []
    for line in text.splitlines():
        if head := HEAD.match(line):
            found.append(Finding(head["category"], head["code"], head["what"], severity, line))
        elif found:
            found[-1].text += "\n" + line
            part = FIELD.match(line)
            if part and part["label"] in ("at", "and"):
                found[-1].at.append(part["text"])
    return found


@dataclass
class Outcome:
    findings: list[Finding]
    error: BaseException | None
    value: Any = None

    @property
    def text(self) -> str:
        return "\n".join(f.text if f.severity == "error" else f"({f.severity}) {f.text}" for f in self.findings) + "\n"


def attempt(run: Callable[[], Any]) -> Outcome:
    """Runs it; errors that are not ours pass through."""
    error, value = None, None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            value = run()
        except tilewright.Error as raised:
            error = raised
    findings = findings_in(str(error), "error") if error is not None else []
    for warning in caught:
        if issubclass(warning.category, RuntimeWarning):
            findings += findings_in(str(warning.message), "warning")
    return Outcome(findings, error, value)
