// A tile program: what one core does for its share of an operation, as one sequential program.
//
// Reader, compute and writer are projections of it (docs/design/tile-ir.md). Circular buffers are touched through windows
// only, and a window is a scope: what is pushed was reserved, what is popped was waited for. Registers of DST live in
// scopes as well. What stands outside of `unit` runs once on each core; `unit u in n` is split over the cores.
#pragma once

#include "tileir/size.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tw::tileir {

enum class Format : uint8_t { bf16, f32, bfp8, bfp4, i32, u32, u16, u8 };
enum class Layout : uint8_t { Tile, Rows };
enum class Role : uint8_t { In, Out, InOut };
// Who knows a size, from the earliest on: a constant of the kernel, an argument of it, or the host alone.
enum class Phase : uint8_t { CompileTime, Runtime, Host };

const char* name_of(Format);
const char* name_of(Phase);
// Bytes of a 32x32 tile.
uint32_t tile_bytes(Format);

// What is known of a tile's elements outside of its valid rows or columns.
struct Pad {
    enum class Kind : uint8_t { Any, Finite, Constant };  // Any: NaN, or what lay there before
    Kind kind = Kind::Any;
    double value = 0;  // Constant
    bool operator==(const Pad&) const = default;
};

struct Symbol {
    std::string name;
    std::optional<Size> is;  // none: the host gives it
    Phase phase = Phase::Host;
};

struct Param {  // a scalar of the operation's, of 32 bits
    std::string name;
    bool real = true;  // a float; else a whole number
    Phase phase = Phase::Runtime;
};

struct Tensor {
    std::string name;
    Role role = Role::In;
    bool optional = false;
    Format format = Format::bf16;
    Layout layout = Layout::Tile;
    // Of whole tiles: the last two count tiles, of which those in the last row and column hold `last_h` and `last_w` valid
    // rows and columns (32: all); a page is a tile. Of rows: the last counts elements; a page is a row.
    std::vector<Size> dims;
    Size last_h = 32, last_w = 32;
    Pad pad_h, pad_w;  // of an input: what lies outside; of an output: what must
    Size pages() const;
};

struct Cb {
    std::string name;
    Format format = Format::bf16;
    Size pages = 1;
    std::optional<Size> page_elements;  // a page is so many elements in a row; none: a tile
    std::string over;                   // a sharded tensor whose memory it is
    std::string like;                   // a tensor whose dtype it has at the call; `format` is one that it may be
};

// A tile of a window (name) or a register (no name).
struct Place {
    std::string window;
    Size index;
    bool is_register() const { return window.empty(); }
};

struct Number {
    double value = 0;
};
struct Name {  // a param, or a size that is a runtime value
    std::string name;
};
using Operand = std::variant<Place, Number, Name>;

enum class Broadcast : uint8_t { None, Row, Column, Scalar };

struct Statement;
using Block = std::vector<Statement>;

struct For {
    std::string variable;
    Size begin, end, step = 1;
    Block body;
};
struct Unit {
    std::string variable;
    Size count;
    Block body;
};
struct If {  // on what is known at compile time or counted by loops, so that all threads take the same branch
    std::string condition;  // a size that is 0 or 1; "": where left equals right, or is less
    Size left, right;
    Block then, otherwise;
    bool less = false;
};
struct Window {
    enum class Kind : uint8_t { Push, Take, Hold };  // Hold: taken for a scope that holds other windows, popped at its end
    Kind kind = Kind::Push;
    std::string cb;
    Size count = 1;
    std::string name;
    std::string when;  // there is a window only where this size is 1, else only the body; "": always
    Block body;
};
struct Bytes {  // a part of a page, in elements
    Size offset, count;
};
struct Load {  // window <- tensor
    Place to;
    std::string tensor;
    Size page;
    std::optional<Bytes> to_part;  // with from_offset
    std::optional<Size> from_offset;
    std::optional<double> otherwise;  // a page that the tensor does not have reads as this
};
struct Store {  // tensor <- window
    std::string tensor;
    Size page;
    Place from;
    std::optional<Bytes> from_part;
    std::optional<Size> to_offset;
    bool clipped = false;  // a page that the tensor does not have is not written
};
struct Fill {  // made on the core
    enum class Kind : uint8_t { Constant, Scaler, Mask, Iota };
    Place to;
    Kind kind = Kind::Constant;
    double value = 0;           // Constant, Scaler
    Size h = 32, w = 32;        // Scaler: valid rows and columns, the rest 0. Mask: 1 inside, 0 outside
    std::optional<Bytes> part;  // Constant: only these elements
};
struct Word {  // a number that data holds: a page to gather
    std::string name;
    Place from;
    Size bound;
};
struct Let {  // a size that is written more than once, named for the rest of its block
    std::string name;
    Size is;
};
struct Registers {
    Size count = 1;
    Block body;
};
struct Compute {
    Place to;  // a register
    bool accumulate = false;
    std::string operation;  // a name of operations.cpp
    std::vector<Operand> operands;
    Broadcast broadcast = Broadcast::None;  // of the second operand
};
struct Pack {
    Place from, to;
    bool relu = false, accumulate = false;  // in L1
};

struct Relayout {  // 32 rows from the place on <-> `tiles` tiles from the place on
    bool tilize = true;
    Place from, to;
    Size tiles = 1;
};

struct Configure {                 // placed by configure.h, never written by hand
    std::string function;          // "reduce_init<PoolType::SUM, ReduceDim::REDUCE_ROW>"
    std::vector<std::string> cbs;  // its arguments
    std::string rest;              // what follows them
};

struct Statement {
    std::variant<For, Unit, If, Let, Window, Load, Store, Fill, Word, Registers, Compute, Pack, Relayout, Configure> is;
    int line = 0;  // of the printed form, for messages
};

struct Program {
    std::string name;
    std::vector<Param> params;
    std::vector<Symbol> symbols;  // a symbol's definition uses earlier ones
    std::vector<Tensor> tensors;
    std::vector<Cb> cbs;
    Block body;

    const Tensor* tensor(const std::string& name) const;
    const Cb* cb(const std::string& name) const;
    // Values of all symbols, from those of the free ones. Raises std::invalid_argument when one is missing.
    Bindings bind(Bindings free) const;
};

}  // namespace tw::tileir
