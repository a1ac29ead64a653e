"""Derives the vector unit's rows of kernel_include/tw/compute_config.def from a ttnn wheel's sources.

python3 tools/sfpu_config.py WHEEL/ttnn             checks the rows that are there
python3 tools/sfpu_config.py WHEEL/ttnn --write     replaces them

What an init function programs is read off its body and off what it calls: programmable constants (LREG12 to 14), macro
instructions, the step of the unit's address mode. What a function needs is what its init programs and it reads. Two inits that
assign the same expressions make one class, named after one of them. Where templates choose between variants, all of them count.
"""

from __future__ import annotations

import collections
import pathlib
import re
import sys
from collections.abc import Iterable, Iterator

import compute_config

CHIPS = {"WH": ("wormhole_b0", "tt_llk_wormhole_b0"), "BH": ("blackhole", "tt_llk_blackhole")}
MARK = "// ---------------------------------------------------------------- the vector unit (tools/sfpu_config.py)\n"
FIELDS = ("S_step", "S_c0", "S_c1", "S_c2", "S_macro")

# Types whose inits set a step of two rows by lists in the LLK's address-mode functions (llk_math_eltwise_*_sfpu.h).
UNARY_STEP = {
    *("typecast", "unary_max", "unary_min", "unary_max_int32", "unary_min_int32", "unary_max_uint32", "unary_min_uint32"),
    *("signbit", "not_equal_zero", "equal_zero", "less_than_zero", "greater_than_equal_zero", "greater_than_zero"),
    "less_than_equal_zero",
}
BINARY_STEP = {
    *("mul_int32", "mul_uint16", "max", "min", "max_int32", "min_int32", "max_uint32", "min_uint32", "lt_int", "gt_int"),
    *("le_int", "ge_int", "eq_int", "ne_int", "lt", "gt", "le", "ge", "eq", "ne"),
}
# One template serves all binary functions; these variants of it load nothing.
NO_CONSTANTS = {"add_binary_tile_init", "sub_binary_tile_init", "mul_binary_tile_init", "rsub_binary_tile_init"}
# Classes are named after these where they belong to one.
NAMED_AFTER = ("sqrt", "recip", "exp", "log", "tanh", "gelu", "erf", "sin", "typecast")
# Functions whose init has another name.
OWN_INIT = (
    (r"(stochastic_)?(floor|ceil|trunc|frac|round)_tile.*", "rounding_op_tile_init"),
    (r"(add|sub|mul|div|rsub)_unary_tile.*", "binop_with_scalar_tile_init"),
    (r"binary_(left|right|logical_right)_shift_tile", "binary_shift_tile_init"),
    (r"bitwise_(and|or|xor)_binary_tile", "binary_bitwise_tile_init"),
    (r"dropout_tile", "dropout_kernel_init"),
    (r"ema_tile", "ema_init"),
    (r"mask_posinf_tile", "mask_tile_init"),
    (r"sfpu_(sum_int_\w+|add_int)", "sfpu_sum_int_init"),
    (r"topk_(local_sort|merge|rebuild)", "topk_tile_init"),
    (r"welford_update(_rows)?", "welford_init"),
    (r"where_\w+_tile", "where_tile_init"),
    (r"logical_not_\w+", "logical_not_tile_init"),
)


def plain(text: str) -> str:
    return re.sub(r"//[^\n]*", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def functions(text: str) -> Iterator[tuple[str, str]]:
    """Names and bodies."""
    for m in re.finditer(r"\b([A-Za-z_]\w*)\s*\(([^;{}]*)\)\s*(?:const\s*)?(?:->\s*[\w:<> ]+)?\s*\{", text):
        name = m[1]
        if name.startswith(("TT", "__")) or name.isupper():
            continue
        if name in ("constexpr", "if", "for", "while", "switch", "addr_mod_t", "v_if", "v_elseif", "v_while"):
            continue
        end, depth = m.end(), 1
        while depth and end < len(text):
            depth += (text[end] == "{") - (text[end] == "}")
            end += 1
        yield name, text[m.end() : end - 1]


def bodies(files: Iterable[pathlib.Path]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = collections.defaultdict(list)
    for file in sorted(files):
        for name, body in functions(plain(file.read_text())):
            found[name].append(body)
    return dict(found)


class Chip:
    def __init__(self, metal: pathlib.Path, arch: str, llk: str, api: dict[str, list[str]]):
        folders = [metal / f"hw/ckernels/{arch}/metal/llk_api/llk_sfpu", metal / f"tt-llk/{llk}/common/inc/sfpu"]
        files = [f for folder in folders for f in folder.glob("*.h")]
        files += (metal / f"tt-llk/{llk}/llk_lib").glob("llk_math_*sfpu*.h")
        self.functions = bodies(f for f in files if "macros" not in f.name)
        self.api = api
        self.is_blackhole = arch == "blackhole"

    def text_of(self, name: str) -> tuple[str, str]:
        """The API function's body, and those of all that it calls."""
        body = "\n".join(self.api.get(name, []))
        for word in sorted(set(re.findall(r"\b(\w+)\s*(?=[<(])", body))):
            if word in self.api and word != name and word not in self.functions:
                body += "\n".join(self.api[word])
        seen = {f"llk_math_eltwise_{kind}_sfpu_init" for kind in ("unary", "binary", "ternary")}
        todo = sorted({w for w in re.findall(r"\b(\w+)\b", body) if w in self.functions})
        texts = []
        while todo:
            word = todo.pop()
            if word in seen:
                continue
            seen.add(word)
            for text in self.functions.get(word, []):
                texts.append(text)
                called = set(re.findall(r"\b([A-Za-z_]\w*)\s*(?=[<(])", text))
                called |= {
                    w
                    for w in re.findall(r"\b(\w+)\b", text)
                    if w.startswith(("calculate_", "_calculate_", "sfpu_", "_sfpu_"))
                }
                todo += sorted(w for w in called if w in self.functions and w not in seen)
        return body, "\n".join(texts)

    def sets(self, name: str) -> dict[str, tuple[str, ...]]:
        if name in NO_CONSTANTS:
            return {}
        if name not in self.api:
            older = name.replace("_float32", "")
            return self.sets(older) if older != name and older in self.api else {}
        body, text = self.text_of(name)
        found: dict[str, set[str]] = collections.defaultdict(set)
        text += body
        for m in re.finditer(r"vConst(?:Float|Int)Prgm([0-2])\s*=\s*([^;]+);", text):
            found["S_c" + m[1]].add(re.sub(r"\s+", "", m[2]))
        for m in re.finditer(r"SFPCONFIG\(([^;]*?),\s*(0x[0-9a-fA-F]+|\d+(?: \+ \d+)?|p_sfpu::LREG\d+)\s*,\s*\d+\)", text):
            at = int(m[2][12:]) if m[2].startswith("p_") else sum(int(n, 0) for n in m[2].split(" + "))
            if 12 <= at <= 14:
                found[f"S_c{at - 12}"].add("cfg")
            elif 4 <= at <= 8:
                found["S_macro"].add(re.sub(r"\s+", "", m[1]) + f">{at}")
        for m in re.finditer(r"_sfpu_load_config32_\(\s*(0x[0-9a-fA-F]+|\d+|p_sfpu::LREG\d+)", text):
            at = int(m[1][12:]) if m[1].startswith("p_") else int(m[1], 0)
            if 12 <= at <= 14:
                found[f"S_c{at - 12}"].add("cfg32")
        for m in re.finditer(r"addr_mod_t\s*\{(.*?)\}\s*\.set\(ADDR_MOD_(\d)\)", text, re.DOTALL):
            if m[2] != "6":
                continue
            step = re.search(r"\.dest\s*=\s*\{\s*\.incr\s*=\s*(\w+)", m[1])
            found["S_step"].add(step[1] if step else "?")
        types = {a or b for a, b in re.findall(r"SFPU_\w+?_INIT\w*\(\s*(\w+)|SfpuType::(\w+)", body)}
        if (
            types & UNARY_STEP
            or (types & BINARY_STEP and "unary" not in name)
            or (self.is_blackhole and "reciprocal" in types)
        ):
            found.setdefault("S_step", {"2"})
        result = {field: tuple(sorted(values)) for field, values in found.items()}
        if "S_step" in result:
            result["S_step"] = result["S_step"][-1:]
        return result

    def reads(self, name: str) -> set[str]:
        if name not in self.api:
            older = re.sub(r"_float32|_int32$", "", name)
            return self.reads(older) if older != name and older in self.api else set()
        _, text = self.text_of(name)
        found = set()
        for i in range(3):
            if re.search(rf"vConst(?:Float|Int)Prgm{i}\b(?!\s*=[^=])|\bLREG1{i + 2}\b|LRegs::LReg1{i + 2}", text):
                found.add(f"S_c{i}")
        if re.search(r"ADDR_MOD_(2|6)\b", text):
            found.add("S_step")
        if "SFPLOADMACRO" in text:
            found.add("S_macro")
        return found


def short(name: str) -> str:
    return re.sub(r"_tile_init|_init", "", name).replace("_tile", "")


def own_init(name: str, inits: set[str]) -> str:
    for pattern, init in OWN_INIT:
        if re.fullmatch(pattern, name):
            return init
    candidates = (
        name + "_init",
        re.sub(r"_pack$", "_init_pack", name),
        re.sub(r"_tile.*", "_tile_init", name),
        re.sub(r"_(int32|uint32|uint16|fp32|bf16)?_?tile$", "_tile_init", name),
        re.sub(r"_int_tile", "_int_tile_init", name),
    )
    return next(c for c in candidates if c in inits)


def rows(metal: pathlib.Path, names: list[str]) -> str:
    api = bodies((metal / "hw/inc/api/compute").rglob("*.h"))
    chips = {key: Chip(metal, arch, llk, api) for key, (arch, llk) in CHIPS.items()}
    inits = {n for n in names if "init" in n}
    sets = {(key, n): chip.sets(n) for key, chip in chips.items() for n in inits}

    classes: dict[tuple[str, str, tuple[str, ...]], str] = {}
    preferred = {name: i for i, name in enumerate(NAMED_AFTER)}
    for name in sorted(inits, key=lambda n: (preferred.get(short(n), 99), len(n), n)):
        for key in CHIPS:
            for field, values in sets[key, name].items():
                made = "Step" + values[0].strip() if field == "S_step" else f"Of({short(name)})"
                classes.setdefault((key, field, values), made)

    def items(kind: str, by_chip: dict[str, dict[str, str]], word: str) -> str:
        made = []
        for field in FIELDS:
            wh, bh = by_chip["WH"].get(field), by_chip["BH"].get(field)
            for suffix, value in (("", wh),) if wh == bh else (("_WH", wh), ("_BH", bh)):
                if value:
                    made.append(f"{kind}{suffix}({field}, {value}, {word if value.startswith('Of') else 'none'})")
        return "".join(" " + item for item in made)

    lines = []
    for name in sorted(names, key=lambda n: (n not in inits, n)):
        init = name if name in inits else own_init(name, inits)
        by_chip = {}
        for key, chip in chips.items():
            wanted = set(FIELDS) if name in inits else chip.reads(name)
            by_chip[key] = {f: classes[key, f, v] for f, v in sets[key, init].items() if f in wanted}
        kind, remedy = ("SET", "none") if name in inits else ("NEED", init)
        word = "a" if name.startswith("exp_") else "none"  # an approximate exp has other constants
        column = f"({kind}(S_init, Done, none){items(kind, by_chip, word)})"
        packs = name.endswith("_pack") or "packthread" in name
        lines.append(f"TW_CALL({name}, {remedy}, (), {'()' if packs else column}, {column if packs else '()'})\n")
    return "".join(lines)


def main() -> int:
    metal = pathlib.Path(sys.argv[1]) / "tt_metal"
    head, mark, old = compute_config.TABLE.read_text().partition(MARK)
    names = re.findall(r"^TW_CALL\((\w+),", old, re.MULTILINE)
    new = rows(metal, names)
    if "--write" in sys.argv:
        compute_config.TABLE.write_text(head + mark + new)
        return 0
    before, after = set(old.splitlines()), set(new.splitlines())
    for line in sorted(before ^ after):
        print("-+"[line in after] + line)
    return int(before != after)


if __name__ == "__main__":
    sys.exit(main())
