// All checks of a tile program. A pass runs them on what it made; a program with findings is not written out.
#pragma once

#include "tileir/finding.h"
#include "tileir/machine.h"

#include <span>

namespace tw::tileir {

struct Bounds {
    Limits limits;
    int64_t l1_bytes = 1'400'000;  // what circular buffers may take of a core (chip data)
};

// Those that hold for all sizes are shown on the program; the others run it at each of `samples`, values of its free
// symbols.
std::vector<Finding> check(const Program&, std::span<const Bindings> samples, const Bounds& = {});

// One by one. check_padding is in padding.h.
void check_actors(const Program&, Findings&);
void check_balance(const Program&, Findings&);
void check_arguments(const Program&, Findings&);
void check_memory(const Program&, const Bindings& sizes, int64_t l1_bytes, Findings&);

// Bytes of L1 that the program's circular buffers take.
Size l1_bytes(const Program&);

// The thread that a statement runs on.
enum class Thread : uint8_t { None, Reader, Writer, Unpack, Math, Pack };
const char* name_of(Thread);
// Who reads a place of this statement, and who writes one.
Thread reader_of(const Statement&);
Thread writer_of(const Statement&);

}  // namespace tw::tileir
