// An operation spec as typed data: what read.cpp makes of a document after every key of it was checked. The keys are
// documented in docs/builder.md and, for editors, in docs/spec-schema.json.
#pragma once

#include "builder/math/dimension.h"
#include "builder/spec/document.h"
#include "builder/math/syntax.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tw::builder {

inline constexpr std::string_view kSchema = "tilewright-op/1";

enum class Layout { Tile, RowMajor };
enum class Memory { Dram, L1, HeightSharded, WidthSharded, BlockSharded };
// Of work: what a core is given a number of.
enum class WorkUnit { Tile, TileRow, TileColumn, Image, Lane, OutputTile, QueryRow, Stick, Row };
enum class Dialect { Seed, Current, Registry };  // docs/builder.md, "Spellings"
enum class Mode { Core, Validation, Full };      // docs/builder.md, "Spellings"

std::string_view layout_name(Layout);  // "TILE"
std::string_view memory_name(Memory);  // "DRAM"
std::string_view unit_name(WorkUnit);  // "tile_row"
std::string_view dialect_name(Dialect);
bool is_sharded(Memory);
bool is_block_format(std::string_view dtype);
bool is_integer_dtype(std::string_view dtype);
bool fills_32_bits(std::string_view dtype);  // of DST: float32 and the 32-bit integers

struct TensorSpec {
    std::string name, doc;
    std::optional<Shape> shape;       // the output may leave it to the math
    std::vector<std::string> dtypes;  // allowed; the first is what tests use
    std::string same_dtype_as;        // instead of dtypes
    std::vector<Layout> layouts;
    std::string same_layout_as;
    std::vector<Memory> memory;
    bool optional = false;
    Where where;
};

struct ParamSpec {
    enum class Type { Float, Int, Bool };
    std::string name, doc;
    Type type = Type::Float;
    std::optional<double> default_value;
    std::string default_text;  // as Python writes it
    bool keyword_only = true;
    std::vector<Bound> range;
    std::vector<double> choices;
    Where where;
};

struct SpecRule {
    Syntax syntax;
    std::string text;
    Where where;
};

struct Schedule {
    int buffering = 2;                    // pages that stream through a CB: 1 single, 2 double, ...
    std::map<std::string, int> cb_pages;  // by CB name
    std::string fidelity = "HiFi4";
    std::optional<bool> fp32_dest;  // auto: when an input is float32
    bool approx = false;
    std::optional<WorkUnit> unit;  // checked against the family; none: its own
    int max_cores = 0;             // 0: the whole grid
};

struct TestCase {
    std::string id;
    std::vector<int64_t> outer;            // what "..." stands for
    std::map<std::string, int64_t> sizes;  // of the symbols
};

struct TestSpec {
    std::vector<TestCase> cases;
    std::optional<double> rtol, atol, pcc;
    std::map<std::string, std::pair<double, double>> uniform;  // input -> draw from here instead of randn
    std::string torch;                                         // own reference expression instead of the derived one
    Where where;
};

struct Spec {
    std::string name, doc;
    std::vector<TensorSpec> inputs;
    std::vector<ParamSpec> params;
    TensorSpec output;
    std::vector<std::pair<Statement, std::string>> lets;  // with their text
    Statement result;
    std::string result_text;
    std::vector<SpecRule> rules;
    Schedule schedule;
    TestSpec tests;
    Dialect dialect = Dialect::Current;
    bool tdd = false, log = false;
    std::vector<std::string> header;  // comment lines of every file
    Where math_where;

    const TensorSpec* input(std::string_view name) const;
    const ParamSpec* param(std::string_view name) const;
    std::vector<std::string> dtypes_of(const TensorSpec&) const;  // follows same(x)
    std::vector<Layout> layouts_of(const TensorSpec&) const;
};

// Everything that can be said without the math's types. Adds a problem for each thing that is wrong and goes on.
std::optional<Spec> read_spec(const Node& document, std::vector<Problem>&);

}  // namespace tw::builder
