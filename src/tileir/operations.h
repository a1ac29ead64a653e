// The operations of a tile program's registers, a row each (operations.cpp): what they read, and what they do to an
// element.
#pragma once

#include "tileir/program.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace tw::tileir {

enum class Shape : uint8_t {
    Move,       // one tile of a window to a register
    Transpose,  // the same, transposed
    Spread,     // the same, its row, column or element over the tile
    Binary,     // two tiles of windows, the second broadcast or not
    Reduce,     // a tile of a window and one of scalers
    Matmul,     // two tiles of windows
    Reuse,      // a register and a tile of a window
    Unary,      // a register, and numbers
    Binaries,   // two registers
    Select,     // three registers
    Mask,       // a register and the next one, which holds a mask
    Scan,       // a register, down its columns
    Fresh,      // a constant, from nothing
};

enum class Fold : uint8_t { None, Sum, Max };
enum class Along : uint8_t { None, Row, Column, All };  // Row: over the columns of each row

struct Operation {
    std::string_view name;
    Shape shape;
    int numbers = 0;  // operands that are numbers or params, after the tiles; at most 3
    double (*unary)(double x, const double* numbers) = nullptr;
    double (*binary)(double a, double b) = nullptr;
    Fold fold = Fold::None;
    Along along = Along::None;
    bool transposed = false;  // Matmul: the second tile is
    // f(x) is finite for each finite x; else a finite pad may become infinity or NaN.
    bool bounded = true;

    int tiles() const;           // operands that are tiles
    bool reads_windows() const;  // by the unpacker; else all operands are registers
    bool may_accumulate() const;
    // The device adds the result to the register, which is 0 at the scope's begin (docs/upstream-api.md K7.2 to K7.4).
    bool always_accumulates() const;
};

std::span<const Operation> operations();
const Operation* find_operation(std::string_view name);

}  // namespace tw::tileir
