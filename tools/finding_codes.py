"""Finding codes are stable: scripts, baselines and `allow` comments name them. data/finding_codes.txt lists every one that the sources
can raise; this compares the two.

python3 tools/finding_codes.py           what differs; exit 1 when anything does (a test runs it)
python3 tools/finding_codes.py --add     adds new codes to the list

A code that goes away stays in the list: `old-code = new-code` when it was renamed, `old-code retired` when its check is gone.
"""

from __future__ import annotations

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent
LIST = ROOT / "data" / "finding_codes.txt"

CODE = r'"([a-z0-9]+(?:-[a-z0-9]+)*)"'
DASHED = r'"([a-z0-9]+(?:-[a-z0-9]+)+)"'
# Where a code stands: after the category, after what a rule is about, in a field.
PLACES = [
    re.compile(r"\braise_host\(\s*" + CODE),
    re.compile(r"\braise\(\s*(?:tw::)?Category::\w+,\s*" + CODE),
    re.compile(r'\braise_error\(\s*"\w+",\s*' + CODE),
    re.compile(r"\bRule \w+\(\s*ProblemKind::\w+,\s*" + CODE),
    re.compile(r"\bcode = " + CODE),
    re.compile(r"\breport\(cores,\s*" + CODE),
    re.compile(r"\bfail_kernel\(\s*\w+,\s*" + CODE),
    re.compile(r'"code": ' + CODE),
    re.compile(r"\b_?(?:problem|fail|refuse|worded)\w*\((?:[^\";{}]|\"[^\"\n]*\")*?" + DASHED),
    re.compile(r'\{\s*"(L\d+)",'),
]


def in_sources() -> set[str]:
    found: set[str] = set()
    for folder, patterns in (("src", ("*.cpp", "*.h")), ("python/tilewright", ("*.py",))):
        for pattern in patterns:
            for path in (ROOT / folder).rglob(pattern):
                text = path.read_text()
                found |= {match[1] for place in PLACES for match in place.finditer(text)}
    return found


def all_words() -> set[str]:
    """Every quoted word: a listed code that stands nowhere as one is gone."""
    words: set[str] = set()
    for folder in ("src", "python/tilewright"):
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix in (".cpp", ".h", ".py", ".def"):
                words |= set(re.findall(r'"((?:[a-z0-9]+(?:-[a-z0-9]+)*)|L\d+)"', path.read_text()))
    return words


def read_list(text: str) -> tuple[set[str], dict[str, str]]:
    """Live codes, and what became of the others: their new name, or ""."""
    live: set[str] = set()
    gone: dict[str, str] = {}
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[1:2] == ["="] and len(words) == 3:
            gone[words[0]] = words[2]
        elif words[1:] == ["retired"]:
            gone[words[0]] = ""
        elif len(words) == 1:
            live.add(words[0])
        else:
            raise ValueError(f"{LIST.name}: {line!r} is neither CODE, CODE = NEW nor CODE retired")
    return live, gone


def problems(text: str, found: set[str], words: set[str]) -> list[str]:
    live, gone = read_list(text)
    out = [
        f"{code}: raised, and not in data/finding_codes.txt (tools/finding_codes.py --add)"
        for code in sorted(found - live - set(gone))
    ]
    out += [
        f"{code}: no source has it any more; write `{code} = NEW-NAME` or `{code} retired`" for code in sorted(live - words)
    ]
    out += [
        f"{code}: used again, though it has been given up: codes are never reused" for code in sorted(set(gone) & found)
    ]
    out += [f"{old}: its new name {new} is not in the list" for old, new in sorted(gone.items()) if new and new not in live]
    return out


def main() -> int:
    text = (
        LIST.read_text()
        if LIST.exists()
        else "# Finding codes, one a line; tools/finding_codes.py says how they may change.\n"
    )
    if "--add" in sys.argv[1:]:
        live, gone = read_list(text)
        new = in_sources() - live - set(gone)
        comments = [line for line in text.splitlines() if line.startswith("#")]
        rest = [line for line in text.splitlines() if line and not line.startswith("#")]
        LIST.write_text("\n".join([*comments, *sorted(rest + sorted(new))]) + "\n")
        text = LIST.read_text()
    wrong = problems(text, in_sources(), all_words())
    print("\n".join(wrong) or "finding codes: as listed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
