"""What an installed tilewright does in everybody's test runs: it looks whether the project asked for the emulating ttnn.

A project asks by `tilewright = true` in its pytest settings (pytest.ini, pyproject.toml, tox.ini), or a run by
`-p tilewright.pytest_plugin` or `tilewright pytest ...`. Where nobody asked, nothing is imported, hidden or skipped: that is
why this module lies outside of the package, whose import loads the emulator.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

PLUGIN = "tilewright.pytest_plugin"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("tilewright", "run tests against the ttnn that tilewright emulates", type="bool", default=False)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, object, object]:
    plugins = early_config.pluginmanager
    if plugins.has_plugin(PLUGIN) or not early_config.getini("tilewright"):
        return (yield)
    from tilewright import pytest_plugin

    # Registered while this hook runs, so that the plug-in's own part of it is not called by pytest any more.
    plugins.register(pytest_plugin, PLUGIN)
    return (yield from pytest_plugin.pytest_load_initial_conftests(early_config, parser, args))
