"""Kernels that would take the process along: each ends as an error at its line, and the device goes on."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import torch
import ttnn

import tilewright
from helpers import ONE_CORE, copy_program, tiles

# The error's code, and what a kernel does in a function of its own: HERE marks the line to be named. Without one it
# is a function's opening, where frames are made, or a call in a recursion.
CASES: dict[str, tuple[str, str]] = {
    # ends of the process
    "exit": ("process-exit", "exit(3);  // HERE"),
    "_exit": ("process-exit", "_exit(3);  // HERE"),
    "_Exit": ("process-exit", "_Exit(3);  // HERE"),
    "quick_exit": ("process-exit", "quick_exit(3);  // HERE"),
    "exit in a constructor": ("process-exit", "} struct S { S() { exit(4); } } s;  // HERE\nvoid more() {"),
    "exit by a pointer": ("process-exit", "void (*volatile end)(int) = &exit;\n    end(3);  // HERE\n    tail();"),
    "exit by a table": (
        "process-exit",
        "static void (*const ends[])(int) = {&_exit, &exit};\n    ends[zero() + 1](3);  // HERE\n    tail();",
    ),
    "system call": ("process", "syscall(231, 3);  // HERE"),
    # aborts
    "abort": ("abort", "abort();  // HERE"),
    "terminate": ("abort", "std::terminate();  // HERE"),
    "assert": ("assert", "assert(zero() == 1);  // HERE"),
    # What a table of virtual functions has in such a place; g++ takes the only other function of local classes instead.
    "pure virtual call": (
        "abort",
        "void (*volatile table[1])() = {&__cxa_pure_virtual};\n    table[zero()]();  // HERE\n    tail();",
    ),
    "trap": ("trap", "__builtin_trap();  // HERE"),
    # signals
    "raise SIGTERM": ("signal", "raise(SIGTERM);  // HERE\n    tail();"),
    "raise as the last call": ("signal", "raise(SIGTERM);  // HERE"),
    "raise SIGSEGV": ("signal", "raise(SIGSEGV);  // HERE\n    tail();"),
    "kill": ("signal", "kill(1, SIGKILL);  // HERE\n    tail();"),
    "getpid": ("host-call", "kill(getpid(), SIGKILL);  // HERE"),
    "signal": ("signal", "signal(SIGSEGV, SIG_DFL);  // HERE\n    tail();"),
    "pthread_kill": ("thread", "pthread_kill(pthread_self(), SIGINT);  // HERE"),
    # other processes and threads
    "fork": ("process", "if (fork() == 0) tail();  // HERE"),
    "vfork": ("process", "if (vfork() == 0) tail();  // HERE"),
    "execve": ("process", 'char* none[] = {nullptr};\n    execve("/bin/true", none, none);  // HERE\n    tail();'),
    "execl": ("process", 'execl("/bin/true", "true", nullptr);  // HERE\n    tail();'),
    "system": ("process", 'if (system("exit 1") == 1) tail();  // HERE'),
    "pthread_exit": ("thread", "pthread_exit(nullptr);  // HERE"),
    "thread": ("thread", "pthread_t t;\n    pthread_create(&t, nullptr, nullptr, nullptr);  // HERE\n    tail();"),
    # jumps and exceptions
    "longjmp": ("long-jump", "static jmp_buf nowhere;\n    longjmp(nowhere, 1);  // HERE"),
    "setjmp": ("long-jump", "static jmp_buf here;\n    if (setjmp(here) == 0) longjmp(here, 1);  // HERE"),
    "vector::at": ("exception", 'std::__throw_out_of_range("at");  // HERE'),
    "rethrow": ("exception", "__cxa_rethrow();  // HERE"),
    # the heap
    "malloc": ("heap", "char* p = static_cast<char*>(malloc(16));  // HERE\n    memset(p, 1, 4096);\n    use(p);"),
    "new": ("heap", "char* p = new char[16];  // HERE\n    memset(p, 1, 4096);\n    use(p);"),
    "free": ("heap", "free(reinterpret_cast<void*>(zero() + 16));  // HERE\n    tail();"),
    "vector": ("heap", "std::vector<int> v(4);  // HERE\n    v.data()[100000] = 1;\n    use(v.data());"),
    "string": ("heap", "std::string s(zero() + 1000, 'x');  // HERE\n    use(s.data());"),
    # the machine's own
    "printf": ("host-call", 'printf("%d\\n", zero());  // HERE\n    tail();'),
    "open": ("host-call", 'use(open("/etc/passwd", 0));  // HERE\n    tail();'),
    # the stack
    "400 KiB array": ("stack-overflow", "volatile char a[400 << 10]; a[zero()] = 1;\n    use(a);"),
    "3 MiB array": ("stack-overflow", "volatile char a[3 << 20]; a[zero()] = 1;\n    use(a);"),
    "300 MiB array": ("stack-overflow", "volatile char a[300 << 20]; a[zero()] = 1;\n    use(a);"),
    "alloca": (
        "stack-overflow",
        "char* p = static_cast<char*>(alloca(zero() + (1 << 20))); p[0] = 1;  // HERE\n    use(p);",
    ),
    "variable-length array": ("stack-overflow", "char a[zero() + (2 << 20)]; a[0] = 1;  // HERE\n    use(a);"),
    "recursion": ("stack-overflow", "deep(1);"),
    "recursion with calls of the runtime": ("stack-overflow", "deep_with_calls(1);"),
    "index below": ("stack-overflow", "volatile char a[16]; a[zero() - (300 << 10)] = 1;  // HERE"),
    "index above": ("stack-overflow", "volatile char a[16]; a[zero() + (20 << 10)] = 1;  // HERE"),
    # faults
    "bad pointer": ("bad-access", "*reinterpret_cast<volatile int*>(0x3f0000000000ull + zero()) = 1;  // HERE"),
    "copy to a bad pointer": (
        "bad-access",
        "memset(reinterpret_cast<void*>(0x3f0000000000ull + zero()), 1, 1 + big());  // HERE\n    tail();",
    ),
    "jump to a bad pointer": (
        "bad-access",
        "void (*volatile f)() = reinterpret_cast<void (*)()>(0x3f0000000000ull);\n    f();  // HERE\n    tail();",
    ),
    "write to code": ("bad-access", "*reinterpret_cast<volatile char*>(reinterpret_cast<uintptr_t>(&tail)) = 1;  // HERE"),
    "write to a constant": (
        "bad-access",
        'static const char text[] = "constant";\n    volatile char* p = const_cast<char*>(text); asm("" : "+r"(p)); p[zero()] = 1;  // HERE',
    ),
    "pointer that is no address": (
        "bad-access",
        "*reinterpret_cast<volatile int*>(0x4141414141414141ull + zero()) = 1;  // HERE",
    ),
    # what the C++ library calls, in functions of its own
    "optional without a value": ("abort", "std::optional<int> o;\n    use(o.value());  // HERE"),
    "map": ("heap", "std::map<int, int> m;\n    m[zero() + 3] = 4;  // HERE"),
    "shared_ptr": ("heap", "auto p = std::make_shared<int>(zero());  // HERE\n    use(p.get());"),
    "smallest number by -1": ("division-by-zero", "use((-2147483647 - 1 + zero()) / (zero() - 1));  // HERE"),
    "division": ("division-by-zero", "use(7 / zero());  // HERE"),
}

TEXT = """
#include <alloca.h>
#include <cassert>
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>
{head}
#ifndef {gate}
#define {gate}(x) x
#endif
extern "C" void __cxa_rethrow();
extern "C" void __cxa_pure_virtual();
static volatile uint64_t sink;
template <class T> __attribute__((noinline)) void use(T value) {{ asm volatile("" :: "g"(value) : "memory"); }}
__attribute__((noinline)) int zero() {{ int z = 0; asm volatile("" : "+g"(z)); return z; }}
__attribute__((noinline)) size_t big() {{ return 4096 + zero(); }}
__attribute__((noinline)) void tail() {{ asm volatile("" ::: "memory"); }}
__attribute__((noinline)) int deep(int n) {{  // FRAME
    return n == zero() ? 0 : n ^ (deep(n + 1) + zero());  // FRAME
}}
__attribute__((noinline)) int deep_with_calls(int n) {{  // FRAME
    invalidate_l1_cache();  // FRAME
    return n == zero() ? 0 : n ^ (deep_with_calls(n + 1) + zero());  // FRAME
}}
__attribute__((noinline)) void act() {{  // FRAME
    {body}
}}
void kernel_main() {{
    {gate}(act();)
}}
"""

PROCESSORS = {
    "BRISC": ("TW_ALL", lambda: ttnn.WriterConfigDescriptor()),
    "NCRISC": ("TW_ALL", lambda: ttnn.ReaderConfigDescriptor()),
    "TRISC0 (unpack)": ("UNPACK", lambda: ttnn.ComputeConfigDescriptor()),
    "TRISC1 (math)": ("MATH", lambda: ttnn.ComputeConfigDescriptor()),
    "TRISC2 (pack)": ("PACK", lambda: ttnn.ComputeConfigDescriptor()),
}


def source(body, processor="BRISC"):
    heads = {
        "std::vector": "<vector>",
        "std::string": "<string>",
        "std::terminate": "<exception>",
        "std::optional": "<optional>",
        "std::map": "<map>",
        "std::make_shared": "<memory>",
        "std::__throw": "<string>",
    }
    head = "".join(f"#include {header}\n" for word, header in heads.items() if word in body)
    gate = PROCESSORS[processor][0]
    include = "api/compute/common.h" if gate != "TW_ALL" else "api/dataflow/dataflow_api.h"
    return f'#include "{include}"\n' + TEXT.format(body=body, gate=gate, head=head)


def run(device, path, processor="BRISC"):
    io = [tiles(device), tiles(device)]
    one = ttnn.KernelDescriptor(kernel_source=str(path), core_ranges=ONE_CORE, config=PROCESSORS[processor][1]())
    ttnn.generic_op(io, ttnn.ProgramDescriptor(kernels=[one]))


def fails(device, tmp_path, body, processor="BRISC"):
    """The error of a kernel that does `body`, and the places of which one is to be named."""
    text = source(body, processor)
    path = tmp_path / "kernel.cpp"
    path.write_text(text)
    mark = "// HERE" if "// HERE" in text else "// FRAME"
    lines = [i for i, t in enumerate(text.splitlines(), 1) if mark in t]
    with pytest.raises(tilewright.KernelError) as error:
        run(device, path, processor)
    return error.value, tuple(f"{path}:{line}," for line in lines)


def works(device):
    a = ttnn.from_torch(torch.randn(1, 1, 32, 32), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    b = tiles(device)
    ttnn.generic_op([a, b], copy_program(a, b, ONE_CORE))
    assert torch.equal(ttnn.to_torch(a), ttnn.to_torch(b))


def in_a_process_of_its_own(path, action):
    program = (
        "import tilewright; tilewright.install()\nimport ttnn\n"
        "device = ttnn.open_device(device_id=0)\n"
        "io = [ttnn.zeros([1, 1, 32, 32], ttnn.bfloat16, ttnn.TILE_LAYOUT, device) for _ in range(2)]\n"
        "on = ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (0, 0))])\n"
        f"path = {str(path)!r}\n"
        "k = ttnn.KernelDescriptor(kernel_source=path, core_ranges=on, config=ttnn.WriterConfigDescriptor())\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program + action], capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.parametrize("name", CASES)
def test_a_kernel_ends_alone(device, tmp_path, name):
    code, body = CASES[name]
    error, places = fails(device, tmp_path, body)
    first = error.diagnostics[0]
    assert error.code == code, error
    assert "core (0,0), BRISC" in first["at"][0]
    assert first["at"][0].startswith(places), error
    assert first["what"] and (first["fix"] or code in ("trap", "assert"))
    works(device)


@pytest.mark.parametrize("processor", PROCESSORS)
@pytest.mark.parametrize("name", ["exit", "raise as the last call", "3 MiB array", "recursion", "malloc", "trap"])
def test_a_kernel_ends_alone_on_each_processor(device, tmp_path, name, processor):
    code, body = CASES[name]
    error, places = fails(device, tmp_path, body, processor)
    assert error.code == code, error
    assert f"core (0,0), {processor}" in error.diagnostics[0]["at"][0], error
    assert error.diagnostics[0]["at"][0].startswith(places), error
    works(device)


def test_a_call_that_is_not_reached_does_no_harm(device, tmp_path):
    path = tmp_path / "kernel.cpp"
    path.write_text(source("if (zero() != 0) exit(1);"))
    run(device, path)


def test_destructors_of_a_kernel_never_run(tmp_path):
    """Neither when the kernel ends nor with the process, where they would run on a thread that is no core."""
    path = tmp_path / "kernel.cpp"
    path.write_text(
        source(
            "static struct Local { ~Local() { exit(5); } } local;\n    use(&local);\n}\n"
            "struct S { ~S() { _exit(6); } } s;\n"
            "__attribute__((destructor)) void last() { invalidate_l1_cache(); _exit(7); }\n"
            'extern "C" void _fini() { _exit(8); }\nvoid more() {'
        )
    )
    done = in_a_process_of_its_own(path, "ttnn.generic_op(io, ttnn.ProgramDescriptor(kernels=[k]))\nprint('went well')\n")
    assert (done.returncode, done.stdout) == (0, "went well\n"), done.stderr


def test_what_only_computes_may_be_called(device, tmp_path):
    path = tmp_path / "kernel.cpp"
    path.write_text(
        source(
            "char text[64];\n"
            '    ASSERT(snprintf(text, sizeof text, "%d %.3f", 42 + zero(), 1.5) == 8 && strcmp(text, "42 1.500") == 0);\n'
            '    ASSERT(strlen(text) == 8 && memcmp(text, "42", 2) == 0 && strtol(text, nullptr, 10) == 42);\n'
            "    const double x = 0.5 + zero();\n"
            "    ASSERT(std::abs(std::sin(x) * std::sin(x) + std::cos(x) * std::cos(x) - 1) < 1e-12);\n"
            "    ASSERT(std::pow(2.0, 10 + zero()) == 1024 && std::fmod(7.5, 2 + zero()) == 1.5);\n"
            "    const unsigned __int128 wide = (unsigned __int128)(7 + zero()) << 100;\n"
            "    ASSERT(uint64_t(wide / (1000 + zero()) >> 64) > 0);\n"
        )
    )
    run(device, path)


def test_a_thrown_exception_is_refused_where_it_stands(device, tmp_path):
    text = source("if (zero() == 0) throw 1;  // HERE")
    path = tmp_path / "kernel.cpp"
    path.write_text(text)
    line = next(i for i, t in enumerate(text.splitlines(), 1) if "// HERE" in t)
    with pytest.raises(tilewright.CompileError, match=re.escape(f"{path}:{line}")) as error:
        run(device, path)
    assert "without exceptions" in error.value.diagnostics[0]["fix"]
    works(device)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("write to code", "may not be used so"),
        ("write to a constant", "may not be used so"),
        ("bad pointer", "no memory is there"),
        ("pointer that is no address", "no address at all"),
        ("smallest number by -1", "or of the smallest number by -1"),
    ],
)
def test_a_fault_is_told_as_what_it_was(device, tmp_path, name, words):
    error, _ = fails(device, tmp_path, CASES[name][1])
    assert words in error.diagnostics[0]["what"]


def test_kernels_on_many_cores_end_alone(device, tmp_path):
    path = tmp_path / "kernel.cpp"
    path.write_text(source("exit(1);"))
    grid = ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (5, 6))])
    one = ttnn.KernelDescriptor(kernel_source=str(path), core_ranges=grid, config=ttnn.ReaderConfigDescriptor())
    for _ in range(3):
        with pytest.raises(tilewright.KernelError, match="process-exit"):
            ttnn.generic_op([tiles(device), tiles(device)], ttnn.ProgramDescriptor(kernels=[one]))
        works(device)


def test_after_a_fault_in_the_runtime_no_program_is_run(tmp_path):
    """It may have held a lock; who goes on regardless hangs or computes nonsense."""
    path = tmp_path / "kernel.cpp"
    path.write_text(source("tw_cb_push_back(reinterpret_cast<tw_ctx*>(uint32_t(zero() + 4096)), 0, 1, nullptr);"))
    done = in_a_process_of_its_own(
        path,
        "import tilewright\n"
        "for _ in range(2):\n"
        "    try: ttnn.generic_op(io, ttnn.ProgramDescriptor(kernels=[k]))\n"
        "    except tilewright.Error as e: print(type(e).__name__, e.code, str(path) in e.diagnostics[0]['at'][0])\n",
    )
    assert done.stdout == "KernelError runtime-fault True\nEnvironment memory-spoiled True\n", done.stderr
    assert done.returncode == 0
