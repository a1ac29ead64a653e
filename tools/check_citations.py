"""What comments and documents cite must exist: files, folders, numbered sections and headings of documents.

The forms:  docs/hardware.md 2.3          a numbered section; lists (2.2, 2.3 and 2.5; 2.2 to 2.4) too
            docs/upstream-api.md H8.3     the same, with the letter of its part
            docs/kernel-jit.md, "Flags"   a heading
            tile/pack.h, abi.h            a file, from the root, from src/, kernel_include/ or python/, or by its bare name
            [text](numerics.md#speed)     a Markdown link, and its heading
"""

import io
import pathlib
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator

import kernel_headers

NUMBER = r"[A-Z]?\d+(?:\.\d+)*"
SECTIONS = rf"{NUMBER}(?:(?:, | and | to ){NUMBER})*(?![\w-])"
PATH = r"(?<![\w./<$}*-])(?:[\w.-]+/)*[\w-][\w.-]*\.(?:md|h|hpp|cpp|def|py|json|cmake|sh|tmpl|toml|yaml|txt)(?![\w(/-])"
CITATION = re.compile(rf'({PATH})(?:,? ({SECTIONS})|, "([^"]+)")?')
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# Papers that the comments of this tree once cited and that a reader cannot open.
GONE = re.compile(
    r"\b(?:host_api|kernel_api|tile_patterns|builder_contract)\b(?!_)|\bhardware (?:section )?\d|\bdesign D\d"
)

# What programs and the builder write, and names that stand for a user's files.
EXAMPLES = {
    *("REPORT.md", "op_design.md", "self_reflection.md", "_execution_log.md", "manifest.json", "spec.yaml", "results.json"),
    # What the designs in docs/design plan; each leaves this list when it is there.
    *("compute_config.def", "records.def", "compile_commands.json"),
    *("prog.py", "relu.py", "reader.cpp", "x.h", "x.hpp", "x.cpp", "x_compute.cpp", "x_reader.cpp", "bmm.cpp"),
}
# Folders of other repositories.
FOREIGN = ("ttnn/", "tt_metal/", "models/", "tests/ttnn/", "tests/tt_metal/")
# Documents about other people's programs: their bare file names are those programs'.
ABOUT_OTHERS = {"docs/compat.md", "docs/hardware.md", "docs/progress.md"}
# Designs of what comes: they may name files that are still to be written.
DESIGNS = "docs/design/"
SKIPPED = ("LICENSE", "tests/builder/golden/", "CHANGELOG.md")
ROOTS = ("", "src/", "kernel_include/", "python/", "python/tilewright/", "tests/", "docs/")


class Tree:
    """The files of a repository and the sections of its documents."""

    def __init__(self, root: pathlib.Path, files: list[str]) -> None:
        written_by_the_build = {f"kernel_include/{header.name}" for header in kernel_headers.generated(root)}
        self.root, self.files = root, set(files) | written_by_the_build
        self.names = {file.rsplit("/", 1)[-1] for file in self.files}
        self.folders = {parent.as_posix() for file in self.files for parent in pathlib.PurePosixPath(file).parents}
        self._sections: dict[str, tuple[set[str], set[str]]] = {}

    def resolve(self, path: str, cited_in: str) -> str | None:
        """The file or folder that `path` means in `cited_in`."""
        beside = pathlib.PurePosixPath(cited_in).parent
        candidates = [*(root + path for root in ROOTS), (beside / path).as_posix().replace("./", "")]
        while "/" in path and path.startswith("../"):
            path, beside = path[3:], beside.parent
            candidates.append((beside / path).as_posix())
        found = next((c for c in candidates if c in self.files or c in self.folders), None)
        return found or next((f for f in sorted(self.files) if f.endswith("/" + path)), None)

    def sections(self, document: str) -> tuple[set[str], set[str]]:
        """Numbers and titles of a document's headings."""
        if document not in self._sections:
            numbers, titles = set(), set()
            for match in re.finditer(rf"^#+ (?:({NUMBER})\.? )?(.*)$", (self.root / document).read_text(), re.M):
                numbers.add(match[1])
                titles.add(match[2].replace("`", ""))
            self._sections[document] = (numbers, titles)
        return self._sections[document]


def prose(file: str, text: str) -> Iterator[tuple[int, str]]:
    """The comments of a file, or a document's lines, with their line numbers."""
    lines = text.split("\n")
    if file.endswith(".md"):
        yield from enumerate(lines, 1)
    elif file.endswith(".py"):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string.lstrip("# ")
            elif (
                token.type == tokenize.STRING
                and re.match(r'[rR]?"""', token.string)
                and not token.line[: token.start[1]].strip()
            ):
                for number, line in enumerate(token.string.split("\n"), token.start[0]):
                    yield number, line.strip(' "')
    elif re.search(r"\.(h|hpp|cpp|def|tmpl)$", file):
        for number, line in enumerate(lines, 1):
            match = re.search(r"(?:^|\s)//(.*)", line)
            if match:
                yield number, match[1].lstrip("/< ")
    elif re.search(r"(^|/)(CMakeLists\.txt|Makefile)$|\.(cmake|sh|toml|yaml)$", file):
        for number, line in enumerate(lines, 1):
            match = re.search(r"(?:^|\s)#(.*)", line)
            if match:
                yield number, match[1].lstrip()
    elif file.endswith(".json"):
        for number, line in enumerate(lines, 1):
            match = re.search(r'"source": "(.*)"', line)
            if match:
                yield number, match[1]


def paragraphs(file: str, text: str) -> Iterator[tuple[str, list[int]]]:
    """Prose with consecutive lines joined, so that a citation may be broken, and the line number of each character."""
    joined, places, last = "", [], 0
    for number, line in prose(file, text):
        if joined and number != last + 1:
            yield joined, places
            joined, places = "", []
        joined, places, last = joined + line + " ", places + [number] * (len(line) + 1), number
    if joined:
        yield joined, places


def wrong_path(tree: Tree, path: str, file: str) -> bool:
    """Whether `path` says that it is a file of this repository and is none."""
    if path.startswith(FOREIGN) or path.rsplit("/", 1)[-1] in EXAMPLES or tree.resolve(path, file):
        return False
    if file.startswith(DESIGNS):
        return False
    first, _, rest = path.partition("/")
    if not rest:
        return file not in ABOUT_OTHERS and path not in tree.names
    return any(root + first in tree.folders for root in ("", "src/", "kernel_include/"))


def wrong_link(tree: Tree, target: str, file: str) -> bool:
    path, _, anchor = target.partition("#")
    if re.match(r"\w+:", target):
        return False
    document = tree.resolve(path, file) if path else file
    if document is None or not anchor:
        return document is None
    return anchor not in {re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in tree.sections(document)[1]}


def problems(root: pathlib.Path, files: list[str]) -> list[str]:
    """A line for each citation of something that is not there."""
    tree, found = Tree(root, files), []
    for file in sorted(files):
        if file.startswith(SKIPPED) or not re.search(
            r"\.(md|py|h|hpp|cpp|def|tmpl|txt|cmake|sh|toml|yaml)$|Makefile$|^data/.*\.json$", file
        ):
            continue
        for text, places in paragraphs(file, (root / file).read_text()):

            def report(at: int, what: str, places: list[int] = places, file: str = file) -> None:
                found.append(f"{file}:{places[at]}: {what}")

            for match in GONE.finditer(text):
                report(match.start(), f"cites '{match[0]}', which is no document of this repository")
            for match in LINK.finditer(text) if file.endswith(".md") else ():
                if wrong_link(tree, match[1], file):
                    report(match.start(), f"links to {match[1]}, which does not exist")
            for match in CITATION.finditer(text):
                path, numbers, title = match.groups()
                if wrong_path(tree, path, file):
                    report(match.start(), f"cites {path}, which does not exist")
                document = tree.resolve(path, file)
                if not document or not document.endswith(".md") or document not in tree.files:
                    continue
                known, titles = tree.sections(document)
                for number in re.findall(NUMBER, numbers or ""):
                    if number not in known:
                        report(match.start(), f"cites {path} {number}, which has no such section")
                if title and title not in titles:
                    report(match.start(), f'cites {path}, "{title}", which has no such heading')
    return found


def main() -> int:
    root = pathlib.Path(__file__).parent.parent
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=root, check=True, capture_output=True, text=True
    )
    wrong = problems(root, [file for file in listed.stdout.split("\n") if file and (root / file).is_file()])
    print("\n".join(wrong) or "citations: all there")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
