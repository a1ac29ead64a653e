"""Compilers that do not end, are killed, are interrupted or find the disk full; caches that others could write to."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys

import pytest

HEAD = """
import os, signal, sys, threading
import tilewright; tilewright.install()
import ttnn, warnings
warnings.simplefilter("always")
device = ttnn.open_device(device_id=0)
io = [ttnn.zeros([1, 1, 32, 32], ttnn.bfloat16, ttnn.TILE_LAYOUT, device) for _ in range(2)]
on = ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (0, 0))])
def run(text="void kernel_main() {}", config=ttnn.ReaderConfigDescriptor):
    k = ttnn.KernelDescriptor(kernel_source=text, source_type=ttnn.KernelDescriptor.SourceType.SOURCE_CODE,
                              core_ranges=on, config=config())
    try:
        ttnn.generic_op(io, ttnn.ProgramDescriptor(kernels=[k]))
        print("went well")
    except KeyboardInterrupt:
        print("KeyboardInterrupt")
    except tilewright.Error as e:
        d = e.diagnostics[0]
        print(type(e).__name__, e.code, "|", d["what"], "|", d["at"], "|", d["why"])
ENDLESS = '''constexpr unsigned f(unsigned n) { unsigned s = 0; for (unsigned i = 0; i < 900000; i++) s += i ^ n; return s; }
template <unsigned N> struct Sum { static constexpr unsigned value = f(N) + Sum<N - 1>::value; };
template <> struct Sum<0> { static constexpr unsigned value = 0; };
volatile unsigned out;
void kernel_main() { out = Sum<800>::value; }
'''
"""


def program(action, cache, **variables):
    """What a program printed, and its warnings."""
    environment = {**os.environ, "TILEWRIGHT_CACHE": str(cache), **{k: str(v) for k, v in variables.items()}}
    environment = {k: v for k, v in environment.items() if v != ""}
    done = subprocess.run(
        [sys.executable, "-c", HEAD + action], capture_output=True, text=True, env=environment, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), done.stderr


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A cache with the precompiled headers of data-movement kernels."""
    cache = tmp_path_factory.mktemp("cache") / "cache"
    assert program("run()", cache)[0] == ["went well"]
    return cache


@pytest.fixture
def cache(filled, tmp_path):
    copy = tmp_path / "cache"
    shutil.copytree(filled, copy)
    return copy


def left_behind(cache):
    return [p for p in cache.rglob("*") if p.is_file() and (".tmp" in p.name or "/work/" in str(p)) and p.name != "lock"]


def compiler(tmp_path, action):
    """A compiler that does `action` instead of compiling a kernel."""
    real = next(shutil.which(name) for name in ("clang++-19", "clang++", "g++") if shutil.which(name))
    path = tmp_path / "compiler"
    path.write_text(
        "#!/bin/bash\n"
        f'case "$*" in *" -c "*) for a; do o=$a; done; echo half > "$o"; echo half > "$o-1a2b.o.tmp"; {action};; esac\n'
        f'exec {real} "$@"\n'
    )
    path.chmod(0o755)
    return path


def processes_of(marker):
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if marker in (entry / "cmdline").read_bytes().decode(errors="replace"):
                found.append(entry.name)
        except OSError:
            continue
    return found


def test_a_compile_that_does_not_end_is_ended(cache):
    (line,), _ = program("run(ENDLESS)", cache, TILEWRIGHT_COMPILE_SECONDS=1)
    assert line.startswith("CompileError compile-time-limit | the compiler was ended after 1 seconds")
    assert "TILEWRIGHT_COMPILE_SECONDS" not in line and "constexpr loop" in line
    assert not left_behind(cache)


def test_what_a_compiler_started_ends_with_it(cache, tmp_path):
    own = compiler(tmp_path, "sleep 12345.678 & wait")
    lines, _ = program("run()\nrun()", cache, TILEWRIGHT_CXX=own, TILEWRIGHT_COMPILE_SECONDS=1)
    assert all(line.startswith("CompileError compile-time-limit") for line in lines)
    assert not processes_of("12345.678")
    assert not left_behind(cache)


def test_a_wrong_time_limit_is_refused(cache):
    environment = {**os.environ, "TILEWRIGHT_CACHE": str(cache), "TILEWRIGHT_COMPILE_SECONDS": "0"}
    done = subprocess.run([sys.executable, "-c", HEAD], capture_output=True, text=True, env=environment, check=False)
    assert 'HostError[bad-environment]: TILEWRIGHT_COMPILE_SECONDS="0"' in done.stderr


def test_ctrl_c_ends_a_compile(cache, tmp_path):
    own = compiler(tmp_path, "kill -INT $PPID; sleep 23456.789 & wait")
    lines, _ = program("run()\nrun()", cache, TILEWRIGHT_CXX=own)
    assert lines == ["KeyboardInterrupt"] * 2
    assert not processes_of("23456.789")
    assert not left_behind(cache)


@pytest.mark.parametrize("name", ["KILL", "TERM", "SEGV"])
def test_a_killed_compiler_is_not_the_kernels_fault(cache, tmp_path, name):
    own = compiler(tmp_path, f"kill -{name} $$")
    (line,), _ = program("run()", cache, TILEWRIGHT_CXX=own)
    assert line.startswith(
        f"Environment compiler-killed | the compiler was killed by signal {int(signal.Signals['SIG' + name])} "
    )
    assert not left_behind(cache)


def test_a_driver_whose_compiler_was_killed_is_understood(cache, tmp_path):
    own = compiler(tmp_path, "echo 'g++: fatal error: Killed signal terminated program cc1plus' >&2; exit 1")
    lines, _ = program("run()", cache, TILEWRIGHT_CXX=own)
    assert lines[0].startswith("Environment compiler-killed")


def test_what_a_killed_process_left_is_removed_by_the_next(cache, tmp_path):
    own = compiler(tmp_path, "kill -KILL $PPID; exit 1")
    environment = {**os.environ, "TILEWRIGHT_CACHE": str(cache), "TILEWRIGHT_CXX": str(own)}
    killed = subprocess.run([sys.executable, "-c", HEAD + "run()"], capture_output=True, env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert left_behind(cache)
    assert program("run('void kernel_main() { volatile int other = 1; }')", cache)[0] == ["went well"]
    assert not left_behind(cache)


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_lets_the_run_go_on_without_a_cache(small_disk):
    lines, warned = program("run()\nrun('void kernel_main() { volatile int two = 2; }')", small_disk / "cache")
    assert lines == ["went well"] * 2
    assert "kernels of this process are not kept" in warned
    assert str(small_disk / "cache") in warned


def test_a_full_disk_is_told_with_path_and_bytes(cache):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
    lines, _ = program(limit + "run('void kernel_main() { volatile int three = 3; }')", cache)
    text = " ".join(lines)
    assert text.startswith("Environment cache-not-writable | ")
    assert "bytes are free there" in text
    assert str(cache) in text or "/tilewright-" in text


# ---------------------------------------------------------------- whom the cache may be trusted to


def unwritable_home(tmp_path, **more):
    return {"TILEWRIGHT_CACHE": "", "XDG_CACHE_HOME": "", "HOME": "/dev/null/home", "TMPDIR": tmp_path, **more}


def test_without_a_home_the_cache_is_a_closed_folder(tmp_path):
    lines, warned = program("run()", "", **unwritable_home(tmp_path))
    folder = tmp_path / f"tilewright-{os.getuid()}"
    assert lines == ["went well"] and "cache" not in warned
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700 and list(folder.glob("kernels/*/*.so"))


@pytest.mark.parametrize("what", ["link", "open", "group", "stranger", "file"])
def test_a_folder_that_others_could_have_made_is_not_used(tmp_path, what):
    folder, elsewhere = tmp_path / f"tilewright-{os.getuid()}", tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    if what == "link":
        folder.symlink_to(elsewhere)
    elif what == "file":
        folder.write_text("")
    else:
        folder.mkdir()
        folder.chmod({"open": 0o777, "group": 0o770, "stranger": 0o700}[what])
    if what == "stranger":
        if os.getuid() != 0:
            pytest.skip("needs to be root")
        os.chown(folder, 12345, 12345)
    lines, warned = program("run()", "", **unwritable_home(tmp_path))
    assert lines == ["went well"]
    assert "kernels are compiled anew by every process" in warned and str(folder) in warned
    assert not list(elsewhere.iterdir())
    assert what in ("link", "file") or not list(folder.iterdir())
    assert not [p for p in tmp_path.iterdir() if p not in (folder, elsewhere)]  # the process's own is gone


def test_a_chosen_cache_that_others_may_write_to_is_warned_of(cache):
    for mode, warns in ((0o755, False), (0o775, True), (0o777, True), (0o1777, False), (0o700, False)):
        cache.chmod(mode)
        lines, warned = program("run()", cache)
        assert lines == ["went well"]
        assert ("others may put code into the kernel cache" in warned) == warns, (oct(mode), warned)
    (cache / "kernels").chmod(0o777)
    assert str(cache / "kernels") in program("run()", cache)[1]


def test_the_default_cache_is_closed_to_others(tmp_path):
    folder = tmp_path / "tilewright"
    folder.mkdir()
    folder.chmod(0o775)
    lines, warned = program("run()", "", XDG_CACHE_HOME=tmp_path, TILEWRIGHT_CACHE="")
    assert lines == ["went well"] and "cache" not in warned
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


def test_a_chosen_cache_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    lines, warned = program("run()", tmp_path / "file" / "cache", XDG_CACHE_HOME=tmp_path)
    assert lines == ["went well"] and "TILEWRIGHT_CACHE cannot be used" in warned
