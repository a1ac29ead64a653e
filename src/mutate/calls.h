// The calls of a kernel's text, and which family each belongs to.
#pragma once

#include "cpp_text/lexer.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace tw::mutate {

// What a call does, as far as mutation cares. Names are those of tt-metal's kernel API in all its spellings.
enum class Family : uint8_t {
    Other,
    ReadBarrier,
    WriteBarrier,
    Flush,
    AtomicBarrier,
    Wait,
    Reserve,
    Pop,
    Push,
    Startup,
    Init,
    Reconfig,
    Uninit,
    Acquire,
    Commit,
    RegsWait,
    Release,
    SemaphoreWait,
    SemaphoreSet,
    SemaphoreIncrement,
    SemaphoreMulticast,
    Read,
    Write,
    Multicast,
    Pack,
    Compute,
};

Family family_of(std::string_view callee);

struct Extent {
    uint32_t begin = 0, end = 0;  // offsets
};

struct Call {
    Family family = Family::Other;
    std::string_view callee;
    Extent name;                    // of the callee alone
    Extent whole;                   // with what is before the name: `cb.`, `ckernel::`
    std::vector<Extent> arguments;  // without white space around them
    bool is_member = false;         // behind . or ->
    bool is_statement = false;      // a statement of its own
    Extent statement;               // then: up to and with the semicolon
    size_t next_token = 0;          // the first one behind the statement
};

std::vector<Call> calls_in(const cpp_text::TokenList&);

}  // namespace tw::mutate
