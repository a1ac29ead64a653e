# Two commands on a fresh Debian-like machine: `make demo` and `make test`. Each installs what it needs first.
SHELL := /bin/bash
VENV := .venv/bin/python
# The Python that .venv is made with.
export PYTHON ?= python3
# quick (demo, tests, CI) costs a fifth from scratch; dev is for the edit-test loop, and stays the one in use once it is there.
PRESET ?= $(if $(wildcard build/dev/bin/tilewright),dev,quick)
BUILD = build/$(PRESET)
STAGE = $(BUILD)/stage
JOBS ?= $(shell nproc)
CMAKE := .venv/bin/cmake
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: demo package test test-cpp test-py stress sweep mutants bench build setup deps lint tidy format sanitize sanitize-memory sanitize-threads wheel clean help

help:
	@echo "make demo      install what is needed, build, run one operation on the emulated device"
	@echo "make test      the same set-up, then all tests"
	@echo "make stress    a million launches of each program of the scheduler's stress test"
	@echo "make mutants   which small mistakes in correct programs are told, and which are not"
	@echo "make bench     benchmarks, each beside a baseline"
	@echo "make lint      formatting, lint, types, layering"
	@echo "make tidy      clang-tidy over all sources (make lint takes a sample)"
	@echo "make sanitize  C++ tests under ASan and UBSan, the scheduler's under TSan"
	@echo "make wheel     build a wheel and try it in a fresh environment"

deps:
	@tools/setup.sh --system-only

setup:
	@tools/setup.sh all

setup-%:
	@tools/setup.sh $*

# clang-19, which kernels are compiled with, takes less over a folder in one file than Debian 12's g++.
QUICK_CLANG = $(and $(filter quick,$(PRESET)),$(shell command -v clang++-19))
CONFIGURE = $(CMAKE) --preset $(PRESET) -DPython_EXECUTABLE=$(CURDIR)/$(VENV) $(if $(QUICK_CLANG),-DCMAKE_CXX_COMPILER=$(QUICK_CLANG)) $(OPTIONS) >/dev/null

build: setup-test
	@$(CONFIGURE)
	@$(CMAKE) --build $(BUILD) -j $(JOBS)

# The package alone, without the tests.
package: setup-build
	@$(CONFIGURE)
	@$(CMAKE) --build $(BUILD) -j $(JOBS) --target _core tilewright-cli

demo: PRESET = quick
demo: package
	@PYTHONPATH=$(CURDIR)/$(STAGE) $(VENV) examples/demo.py

test: test-cpp test-py

test-cpp: build
	.venv/bin/ctest --test-dir $(BUILD) --output-on-failure

# A file to a process, long files first: one of them at the end would run alone.
test-py: build
	PYTHONPATH=$(CURDIR)/$(STAGE) TILEWRIGHT_CLI=$(CURDIR)/$(BUILD)/bin/tilewright $(VENV) -m pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder tests/builder tests/mutants tests/diagnostics tests/py -p tilewright.pytest_plugin

# Hours on a busy machine; LAUNCHES=20000 for a taste.
LAUNCHES ?= 1000000
stress: build
	TILEWRIGHT_STRESS_LAUNCHES=$(LAUNCHES) $(BUILD)/tests/cpp/tilewright-tests -tc="stress:*" -d

# Generated kernels on all shapes, slowly.
sweep: build
	PYTHONPATH=$(CURDIR)/$(STAGE) TILEWRIGHT_CLI=$(CURDIR)/$(BUILD)/bin/tilewright $(VENV) -m pytest -q tests/builder/test_working_kernels.py --runslow -p tilewright.pytest_plugin

bench: setup-bench
	@$(CMAKE) --preset release -DPython_EXECUTABLE=$(CURDIR)/$(VENV) >/dev/null
	@$(CMAKE) --build build/release -j $(JOBS)
	@build/release/bench/tilewright-bench --benchmark_min_time=0.2
	@PYTHONPATH=$(CURDIR)/build/release/stage $(VENV) -m pytest -q bench -p tilewright.pytest_plugin --benchmark-disable-gc --benchmark-columns=median,iqr,rounds

lint: build setup-lint
	tools/lint.sh $(BUILD)

tidy: build setup-lint
	tools/tidy.sh --all

format: setup-lint
	git ls-files '*.cpp' '*.h' | xargs .venv/bin/clang-format -i
	.venv/bin/ruff format . && .venv/bin/ruff check --fix .

# All C++ tests under ASan and UBSan, then those in which threads meet under TSan. TSan holds signals back until a thread
# blocks, so what only a signal ends, a kernel that spins without a call, is left out there.
sanitize: sanitize-memory sanitize-threads

# g++ takes two to four times as long over what these two insert; it serves where clang has no sanitizers.
SANITIZING_CLANG = for c in clang++-19 clang++-20 clang++; do \
  echo 'int main() {}' | $$c -x c++ -fsanitize=address,undefined -o /dev/null - 2>/dev/null && echo $$c && break; done
sanitize-memory: CLANG = $(shell $(SANITIZING_CLANG))
sanitize-memory: setup-sanitize
	$(CMAKE) --preset asan-ubsan $(if $(CLANG),-DCMAKE_CXX_COMPILER=$(CLANG)) >/dev/null
	$(CMAKE) --build build/asan-ubsan -j $(JOBS)
	.venv/bin/ctest --test-dir build/asan-ubsan --output-on-failure

sanitize-threads: setup-sanitize
	$(CMAKE) --preset tsan >/dev/null && $(CMAKE) --build build/tsan -j $(JOBS)
	.venv/bin/ctest --test-dir build/tsan --output-on-failure

wheel: setup-test
	tools/try_wheel.sh

clean:
	rm -rf build
