"""The words of multicast channels and the kernels of unified sources, case by case: golden data of 295 random configurations,
made by the Python implementation that the C++ one replaced. Wrong configurations keep their error texts."""

from __future__ import annotations

import json
import pathlib
import random

import ttnn

from helpers import kernel
from tilewright import unified_kernels

GOLDEN = pathlib.Path(__file__).parent.parent / "golden" / "mcast_words.json"


def core_set(boxes):
    return ttnn.CoreRangeSet([ttnn.CoreRange((x0, y0), (x1, y1)) for x0, y0, x1, y1 in boxes])


def maybe_set(boxes):
    return None if boxes is None else core_set(boxes)


def core_list(cores):
    return [[c.x, c.y] for c in ttnn.corerange_to_cores(cores, row_wise=True)]


CONFIGS = {
    "reader": ttnn.ReaderConfigDescriptor,
    "writer": ttnn.WriterConfigDescriptor,
    "compute": ttnn.ComputeConfigDescriptor,
    "dm1": lambda: ttnn.DataMovementConfigDescriptor(noc=ttnn.NOC.NOC_1),
}


def config_of(api, c):
    return api.McastConfig(
        noc=ttnn.NOC.NOC_1 if c["noc"] else ttnn.NOC.NOC_0,
        handshake=c["handshake"],
        handshake_cores=maybe_set(c["handshake_cores"]),
        data_ready=api.McastDataReady(c["counter"]),
        irregular_receiver_set_mode=api.TransferMode(c["chain"]),
        base_sem_id=c["base"],
        sem_ids=c["sem_ids"],
        rotating_sender=c["rotating"],
        ack_count_override=c["acks"],
    )


def attached(api, device, c):
    kind, *rest = c["sender"]
    if kind == "fixed":
        sender = api.McastFixedSenderConfig(sender_index=rest[0], placement=api.McastSenderPlacement(rest[1]))
    elif kind == "explicit":
        sender = api.McastExplicitFixedSenderConfig([ttnn.CoreCoord(*s) for s in rest[0]])
    else:
        order = None if rest[1] is None else api.McastCoreOrder(rest[1])
        sender = api.McastRotatingSenderConfig(maybe_set(rest[0]), order)
    order = api.McastCoreOrder(c["order"])
    m = api.Mcast(device, config_of(api, c), core_set(c["receivers"]), c["group"], sender, order)
    program = ttnn.ProgramDescriptor()
    if c["own_sem"] is not None:
        program.semaphores = [
            ttnn.SemaphoreDescriptor(id=c["own_sem"], core_ranges=core_set([[0, 0, 1, 1]]), initial_value=0)
        ]
    kernels = [
        kernel(on=core_set(k["cores"]), config=CONFIGS[k["config"]](), compile_time_args=k["ct"], runtime_args=k["rt"])
        for k in c["kernels"]
    ]
    m.attach(program, c["prefix"], kernels, c["first"])
    return {
        "cores": core_list(m.participating_cores()),
        "senders": core_list(m.sender_only_cores()),
        "next": m.next_semaphore_id(),
        "semaphores": [[s.id, core_list(s.core_ranges), s.initial_value] for s in program.semaphores],
        "kernels": [words_of(k) for k in kernels],
    }


def words_of(k):
    return {
        "ct": list(k.compile_time_args),
        "named": [list(n) for n in k.named_compile_time_args],
        "rt": [[[core.x, core.y], list(words)] for core, words in k.runtime_args.to_list()],
    }


def lines(api, device, c):
    if c["kind"] == "1D":
        chosen = c["sender"]
        if isinstance(chosen, list):
            kind, *rest = chosen
            chosen = (
                api.Mcast1DFixedSenderConfig(
                    starting_sender_index=rest[0], sender_placement=api.Mcast1DSenderPlacement(rest[1])
                )
                if kind == "fixed"
                else api.Mcast1DRotatingSenderConfig(sender_grid=maybe_set(rest[0]))
            )
        m = api.Mcast1D(device, core_set(c["receivers"]), api.Mcast1DShape(c["order"]), chosen, config_of(api, c))
    else:
        kind, *rest = c["sender"]
        chosen = (
            ttnn.CoreCoord(*rest[0])
            if kind == "bare"
            else api.Mcast2DFixedSenderConfig(ttnn.CoreCoord(*rest[0]))
            if kind == "fixed"
            else api.Mcast2DRotatingSenderConfig(sender_grid=maybe_set(rest[0]), sender_order=api.McastCoreOrder(rest[1]))
        )
        m = api.Mcast2D(device, core_set(c["receivers"]), chosen, config_of(api, c), c["num_active"])
    asked = [ttnn.CoreCoord(x, y) for x in range(8) for y in range(8)]
    out = {
        "ct": [m.compile_time_args(), m.compile_time_args(True), m.compile_time_args(False)],
        "rt": [m.runtime_args(core) for core in asked],
        "counts": [m.num_active(), m.ack_count(), m.num_senders(), m.num_semaphores()],
        "active": [m.active(), m.has_receivers()],
        "by core": [[m.is_sender(core), m.num_receivers(core)] for core in asked],
        "semaphores": [[s.id, core_list(s.core_ranges), s.initial_value] for s in m.owned_semaphores()],
    }
    if c["kind"] == "2D":
        out["inside"] = m.sender_in_rect()
    out["next"] = m.next_base_sem_id()
    return out


def unified(api, device, c):
    per_core = [(ttnn.CoreCoord(*core), words) for core, words in c["rt"]]
    u = api.UnifiedKernelDescriptor(
        kernel_source="k.cpp",
        core_ranges=core_set(c["receivers"]),
        ncrisc_compile_time_args=[1, 2],
        trisc_named_compile_time_args=[("t", 5)],
        brisc_common_runtime_args=[7],
        unified_compile_time_core_descriptors=[
            api.UnifiedCompileTimeCoreDescriptor(n, core_set(boxes), v, o) for n, boxes, v, o in c["unified"]
        ],
        per_core_compile_time_descriptors=[
            api.PerCoreCompileTimeDescriptor(n, [(ttnn.CoreCoord(*core), v) for core, v in values], o)
            for n, values, o in c["per_core"]
        ],
        per_core_runtime_args_descriptor=api.PerCoreRuntimeArgsDescriptor(ncrisc_args=per_core, trisc_args=per_core[:2]),
        defines=[("A", "1")],
    )
    result = u.get_kernel_descriptors()
    return {
        "kernels": [
            [
                words_of(k),
                core_list(k.core_ranges),
                type(k.config).__name__,
                list(k.common_runtime_args),
                [list(d) for d in k.defines],
            ]
            for k in result.kernels
        ],
        "groups": [
            [
                core_list(g.core_range_set),
                g.compile_time_arg_values,
                g.ncrisc_kernel_index,
                g.brisc_kernel_index,
                g.trisc_kernel_index,
            ]
            for g in result.groups
        ],
        "found": result.get_group_by_arg("a", 1) is not None,
    }


def outcome(api, device, c):
    """What a case gives: all its words, or the headline of its error."""
    try:
        made = {"Mcast": attached, "1D": lines, "2D": lines, "unified": unified}[c["kind"]](api, device, c)
        return json.loads(json.dumps(made))
    except RuntimeError as error:
        return {"error": str(error)}


def random_boxes(r, most):
    out = []
    for _ in range(r.randint(1, most)):
        x, y = r.randint(0, 5), r.randint(0, 5)
        box = [x, y, min(7, x + r.randint(0, 3)), min(7, y + r.randint(0, 3))]
        if not any(box[0] <= b[2] and b[0] <= box[2] and box[1] <= b[3] and b[1] <= box[3] for b in out):
            out.append(box)
    return out


def random_case(r):
    kind = r.choice(["Mcast"] * 4 + ["1D", "1D", "2D", "unified"])
    boxes = random_boxes(r, 1 if r.random() < 0.6 else 3)
    cores = [[x, y] for b in boxes for x in range(b[0], b[2] + 1) for y in range(b[1], b[3] + 1)]
    near = lambda: r.choice([*cores, [r.randint(0, 7), r.randint(0, 7)]])
    if kind == "unified":
        return {
            "kind": kind,
            "receivers": boxes,
            "rt": [[near(), [i, 9]] for i in range(r.randint(0, 5))],
            "unified": [[n, random_boxes(r, 1), 1, 2] for n in "ab"[: r.randint(0, 2)]],
            "per_core": [[n, [[near(), r.randint(0, 2)] for _ in range(4)], 0] for n in "cd"[: r.randint(0, 2)]],
        }
    c = {
        "kind": kind,
        "receivers": boxes,
        "order": r.randint(0, 1),
        "noc": r.randint(0, 1),
        "handshake": r.random() < 0.8,
        "handshake_cores": None if r.random() < 0.8 else [[*near(), *near()][:2] * 2],
        "counter": r.randint(0, 1),
        "chain": r.randint(0, 1),
        "base": r.randint(0, 3),
        "sem_ids": r.choice([None, None, None, [4, 5], [6], []]),
        "rotating": r.random() < 0.3,
        "acks": r.choice([None, None, None, 1, 2, 50]),
    }
    if kind == "1D":
        c["sender"] = r.choice(
            [
                0,
                1,
                2,
                9,
                ["fixed", r.randint(0, 3), r.randint(0, 1)],
                ["rotating", r.choice([None, boxes, random_boxes(r, 1)])],
            ]
        )
    elif kind == "2D":
        c["num_active"] = r.choice([0, 0, 1])
        c["sender"] = r.choice(
            [["bare", near()], ["fixed", near()], ["rotating", r.choice([None, boxes]), r.randint(0, 1)]]
        )
    else:
        n = len(cores)
        c["group"] = r.choice([d for d in range(1, n + 1) if n % d == 0] + [0, n + 1])
        groups = max(1, n // max(1, c["group"]))
        c["sender"] = r.choice(
            [
                ["fixed", r.randint(0, 3), r.randint(0, 1)],
                ["explicit", [near() for _ in range(groups)]],
                ["rotating", r.choice([None, boxes, random_boxes(r, 1)]), r.choice([None, 0, 1])],
            ]
        )
        c["own_sem"], c["first"], c["prefix"] = (
            r.choice([None, None, 0, 9]),
            r.randint(0, 2),
            r.choice(["in", "m0", ""] if r.random() < 0.2 else ["in"]),
        )
        good = "dm1" if c["noc"] else "reader"
        c["kernels"] = [
            {
                "cores": r.choice([boxes, [[0, 0, 7, 7]], random_boxes(r, 1)]),
                "config": r.choice([good] * 6 + ["writer", "compute", "reader"]),
                "ct": [11, 12][: r.randint(0, 2)],
                "rt": [[near(), [3, 4, 5][: r.randint(0, 3)]]] if r.random() < 0.4 else [],
            }
            for _ in range(r.choice([0, 1, 1, 2, 2]))
        ]
        for k in c["kernels"]:
            k["rt"] = [(tuple(core), words) for core, words in k["rt"]]
    return c


class Api:
    def __getattr__(self, name):
        return getattr(ttnn, name) if hasattr(ttnn, name) else getattr(unified_kernels, name)


def test_words_and_error_texts_are_those_of_the_golden_data(device):
    cases = json.loads(GOLDEN.read_text())
    assert len(cases) >= 200
    kinds = {}
    for number, (case, expected) in enumerate(cases):
        for k in case.get("kernels", []):
            k["rt"] = [(tuple(core), words) for core, words in k["rt"]]
        assert outcome(Api(), device, case) == expected, (number, case)
        key = (case["kind"], "error" if "error" in expected else "words")
        kinds[key] = kinds.get(key, 0) + 1
    assert all(kinds.get((k, what), 0) >= 5 for k in ("Mcast", "1D", "2D") for what in ("words", "error")), kinds


def random_cases(count):
    return [random_case(random.Random(seed)) for seed in range(count)]
