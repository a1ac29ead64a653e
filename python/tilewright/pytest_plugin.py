"""The pytest plug-in: `ttnn` is the emulating module in test runs, with the fixtures that tests of real kernels use
(docs/upstream-api.md H12.2). It acts where it is asked for: by `-p tilewright.pytest_plugin`, by `tilewright = true` in the
project's pytest settings (tilewright_pytest), by `tilewright pytest`. TILEWRIGHT_PYTEST=0 turns it off all the same."""

from __future__ import annotations

import contextlib
import difflib
import os
import random
import sys
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

SEED = 213919  # upstream's reset_seeds


def _is_on() -> bool:
    from tilewright import _core

    return _core.setting_flag("TILEWRIGHT_PYTEST", True)


def _add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("tilewright", "tilewright: ttnn without a card")
    options = {
        "--tt-arch": {"default": None, "help": "architecture that tests run on (default: the emulated chip's)"},
        "--device-id": {"type": int, "default": 0, "help": "device that the device fixture opens"},
        "--pipeline-type": {"default": "", "help": "accepted for tests that ask for it"},
        "--input-method": {"default": "json", "help": "accepted for tests that ask for it"},
        "--input-path": {"default": "", "help": "accepted for tests that ask for it"},
        "--cli-input": {"default": None, "help": "accepted for tests that ask for it"},
        "--metal-timeout": {"type": int, "default": None, "help": "accepted and ignored"},
        "--runslow": {"action": "store_true", "default": False, "help": "run tests marked slow"},
        "--fail-on-finding": {"action": "store_true", "default": False, "help": "a warning of a run is a failure"},
        "--metal-root": {"action": "append", "default": [], "help": "a tt-metal checkout or an unpacked ttnn wheel"},
    }
    for name, settings in options.items():
        with contextlib.suppress(ValueError):  # a conftest.py has it already
            group.addoption(name, **settings)  # type: ignore[arg-type]


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, object, object]:
    # conftest.py files import ttnn; and tt-metal's own adds options of the same names, so that ours come after it.
    if _is_on():
        import tilewright

        tilewright.install()
    result = yield
    _add_options(parser)
    return result


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: skipped without --runslow")
    config.addinivalue_line(
        "markers", "requires_grid_size(size): skipped on chips with fewer worker cores than (x, y) or n"
    )
    config.addinivalue_line("markers", "requires_fast_runtime_mode_off: skipped, the default mode is the fast one")
    if not _is_on():
        return
    import tilewright

    if config.getoption("--fail-on-finding", default=False):
        config.addinivalue_line("filterwarnings", "error::tilewright.FindingWarning")
    os.environ.setdefault("TILEWRIGHT_SCHEDULE", "deterministic")  # the same order in every run of a test
    for root in config.getoption("--metal-root", default=[]) or []:
        tilewright.add_metal_root(root)
    tilewright.install()


def pytest_report_header(config: pytest.Config) -> str | None:
    if not _is_on():
        return None
    from tilewright import _core

    from ._install import stand_ins

    used = ", ".join(stand_ins()) or "none"
    return f"tilewright: ttnn is emulated ({_core.default_chip().name}); stand-ins where an import would fail: {used}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    run_slow = config.getoption("--runslow", default=False)
    for item in items:
        if "slow" in item.keywords and not run_slow:
            item.add_marker(pytest.mark.skip(reason="needs --runslow"))
        if "requires_fast_runtime_mode_off" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="needs the fast runtime mode off"))


def _arch(config: pytest.Config) -> str:
    import ttnn

    return str(config.getoption("--tt-arch", default=None) or ttnn.get_arch_name())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    names = metafunc.fixturenames
    by_arch = [n for n in names if n.startswith("silicon_arch_") and n != "silicon_arch_name"]
    if "silicon_arch_name" not in names:
        if by_arch:
            raise pytest.UsageError(f"{by_arch[0]} needs the fixture silicon_arch_name beside it")
        return
    arch = _arch(metafunc.config)
    metafunc.parametrize("silicon_arch_name", [arch])
    for name in by_arch:
        values = [True] if name == f"silicon_arch_{arch}" else []
        metafunc.parametrize(name, values)


# ---------------------------------------------------------------- devices


@pytest.fixture
def device_params(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(getattr(request, "param", {}) or {})


_OPEN = ("l1_small_size", "trace_region_size", "num_command_queues", "worker_l1_size", "numerics", "checks", "stale_config")
# Of upstream's fixtures, without a meaning for one emulated chip.
_WITHOUT_MEANING = (
    "dispatch_core_axis",
    "dispatch_core_config",
    "dispatch_core_type",
    "fabric_config",
    "fabric_manager",
    "fabric_router_config",
    "fabric_tensix_config",
    "mesh_shape",
    "offset",
    "physical_device_ids",
    "reliability_mode",
    "require_exact_physical_num_devices",
)


def _open_arguments(params: dict[str, Any]) -> dict[str, Any]:
    known = (*_OPEN, *_WITHOUT_MEANING)
    for name, value in params.items():
        if name in known:
            continue
        guess = difflib.get_close_matches(str(name), known, 1)
        answer = f"did you mean {guess[0]!r}?" if guess else f"allowed: {', '.join(known)}"
        raise TypeError(f"device_params: {name!r} = {value!r}: there is no such parameter, {answer}")
    return {k: v for k, v in params.items() if k in _OPEN}


@pytest.fixture
def device(request: pytest.FixtureRequest, device_params: dict[str, Any]) -> Iterator[Any]:
    import ttnn

    opened = ttnn.open_device(
        device_id=request.config.getoption("--device-id", default=0), **_open_arguments(device_params)
    )
    ttnn.SetDefaultDevice(opened)
    yield opened
    ttnn.SetDefaultDevice(None)
    ttnn.close_device(opened)


@pytest.fixture
def mesh_device(request: pytest.FixtureRequest, device_params: dict[str, Any]) -> Iterator[Any]:
    import ttnn

    available = ttnn.get_num_devices()
    param = getattr(request, "param", None)
    if isinstance(param, tuple):
        wanted = ttnn.MeshShape(*param)
    else:
        wanted = ttnn.MeshShape(1, min(param or available, available))
    if wanted.mesh_size() > available:
        pytest.skip(f"needs {wanted.mesh_size()} devices, there are {available}")
    opened = ttnn.open_mesh_device(mesh_shape=wanted, **_open_arguments(device_params))
    yield opened
    ttnn.close_mesh_device(opened)


# A Blackhole machine's chips as one mesh: here that is one chip.
def _bh_mesh_device(request: pytest.FixtureRequest, device_params: dict[str, Any]) -> Iterator[Any]:
    import ttnn

    if not ttnn.device.is_blackhole():
        pytest.skip("needs a Blackhole")
    opened = ttnn.open_mesh_device(mesh_shape=ttnn.MeshShape(ttnn.get_num_devices(), 1), **_open_arguments(device_params))
    yield opened
    ttnn.close_mesh_device(opened)


bh_1d_mesh_device = pytest.fixture(_bh_mesh_device, name="bh_1d_mesh_device")
bh_2d_mesh_device = pytest.fixture(_bh_mesh_device, name="bh_2d_mesh_device")


@pytest.fixture(autouse=True)
def check_requires_grid_size(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("requires_grid_size")
    opener = next((n for n in ("bh_2d_mesh_device", "mesh_device", "device") if n in request.fixturenames), None)
    if marker is None or not marker.args or opener is None:
        return
    grid = request.getfixturevalue(opener).compute_with_storage_grid_size()
    wanted = marker.args[0]
    fits = (grid.x >= wanted[0] and grid.y >= wanted[1]) if isinstance(wanted, tuple) else (grid.x * grid.y >= int(wanted))
    if not fits:
        pytest.skip(f"needs worker cores {wanted}, there are {grid.x}x{grid.y}")


def _several(name: str) -> Callable[[], None]:
    def fixture() -> None:
        pytest.skip(f"{name} needs several chips")

    fixture.__name__ = name
    return fixture


pcie_devices = pytest.fixture(_several("pcie_devices"))
all_devices = pytest.fixture(_several("all_devices"))
n300_mesh_device = pytest.fixture(_several("n300_mesh_device"))
t3k_mesh_device = pytest.fixture(_several("t3k_mesh_device"))
pcie_mesh_device = pytest.fixture(_several("pcie_mesh_device"))


@pytest.fixture
def reset_device(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    def reset(device: Any) -> Any:
        import ttnn

        ttnn.close_device(device)
        return ttnn.CreateDevice(device_id=0)

    return reset


@pytest.fixture
def use_program_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    opened = [request.getfixturevalue(n) for n in ("device", "mesh_device") if n in request.fixturenames]
    for d in opened:
        d.enable_program_cache()
    yield
    for d in opened:
        if d.is_open():
            d.disable_and_clear_program_cache()


# ---------------------------------------------------------------- the rest


@pytest.fixture
def reset_seeds() -> None:
    random.seed(SEED)
    for name in ("numpy", "torch"):
        module = sys.modules.get(name)
        if module is None:
            continue
        (module.random.seed if name == "numpy" else module.manual_seed)(SEED)


@pytest.fixture
def function_level_defaults(reset_seeds: None) -> None:
    """Upstream's name for a test's start from known seeds."""


@pytest.fixture(autouse=True)
def reset_default_device() -> Iterator[None]:
    ttnn = sys.modules.get("ttnn")
    before = ttnn.GetDefaultDevice() if ttnn is not None and hasattr(ttnn, "GetDefaultDevice") else None
    yield
    if ttnn is not None and hasattr(ttnn, "SetDefaultDevice"):
        ttnn.SetDefaultDevice(before)


@pytest.fixture
def is_ci_env() -> bool:
    from tilewright import _core

    return _core.setting("CI") == "true"


@pytest.fixture
def is_single_card_n300() -> bool:
    return False


@pytest.fixture
def clear_compile_cache() -> None:
    """The kernel cache is keyed by contents: there is nothing to clear."""


@pytest.fixture
def enable_async_mode() -> bool:
    return False


@pytest.fixture
def input_path(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--input-path", default=""))
