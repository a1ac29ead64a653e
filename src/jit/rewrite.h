// What the JIT changes in a kernel's text before the compiler sees it, and what it learns from it. Lines keep their
// numbers.
//
// 1. Casts. A kernel's addresses are offsets into L1; they become pointers in casts (tw/address_cast.h). A function
//    template can stand for reinterpret_cast, but nothing in C++ lets us overload `(uint32_t*)address`. So casts to
//    pointers, to the integers that addresses are kept in, and to names that may be either, are turned into
//    ::tw::c_cast<TYPE>(operand); the scanner finds where the operand ends. The types decide the rest: between numbers
//    c_cast is a plain constexpr cast.
// 2. Loops. Kernels wait for other cores with `while (*flag != 1);`, with no call inside in which the scheduler could run
//    anybody else. The conditions of while and do loops, and of for loops that do not count, get a tick in front.
// 3. TT_KERNEL entries: a function with named parameters for which a kernel_main() must be written (docs/upstream-api.md
// K0).
// 4. Includes: where they are, so that a header of the user's can be replaced by its own rewritten copy.
// 5. The RISC-V instruction `fence` in inline assembly, which the host's assembler does not know.
//
// The scanner knows tokens, not declarations. Where the text alone is ambiguous it keeps its hands off: an untouched cast
// still compiles, and its use of a bare offset faults and is reported.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tw::jit {

// Replaces text[offset, offset + length). Edits never contain or swallow a line end.
struct Edit {
    uint32_t offset = 0, length = 0;
    uint8_t order = 0;  // among edits at the same offset
    std::string insert;
};

struct IncludeLine {
    uint32_t begin = 0, end = 0;  // of the name, with its quotes or angles
    std::string name;
    bool quoted = true;
};

struct NamedEntry {
    std::string function;
    std::vector<std::string> template_parameters, parameters;
};

struct Scan {
    std::vector<Edit> edits;
    std::vector<IncludeLine> includes;
    std::vector<NamedEntry> entries;
    bool has_kernel_main = false;
    bool has_legacy_main = false;  // namespace NAMESPACE { void MAIN { .. } }
};

Scan scan_kernel_text(std::string_view text);

// Into the order in which they are made.
void sort_edits(std::vector<Edit>& edits);

// The text with all edits made.
std::string apply_edits(std::string_view text, std::vector<Edit> edits);

// Where column `column` (from 1) of the edited text's line `line` was before the edits.
uint32_t original_column(std::string_view text, const std::vector<Edit>& edits, uint32_t line, uint32_t column);

// The casts of one fragment, e.g. the value of a host define.
std::string rewrite_fragment(std::string_view text);

}  // namespace tw::jit
