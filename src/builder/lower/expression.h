// The math of one tile in registers of DST: values of the graph become statements of a register scope.
//
// Registers are numbered as if there were one tile; who works on several at a time spreads them (spread_over). A value that
// is used again keeps its register until its last use; what lies in a window is read again each time.
#pragma once

#include "builder/plan/plan.h"
#include "tileir/program.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tw::builder {

namespace ir = tw::tileir;

class Expression {
public:
    // Where a value lies ready.
    struct Leaf {
        std::string window;
        ir::Size index;
        bool rows = true, columns = true;  // else it has one of them, to be spread
    };
    struct Context {
        const Graph* graph = nullptr;
        std::function<ir::Operand(int)> scalar;                // a scalar value as an operand
        std::function<std::string(const std::string&)> given;  // the size that is 1 where the optional input is given
        bool rows = true, columns = true;                      // of the result
        bool exact = false;   // element by element in 32 bits: the matrix unit would cut float32 to its own format
        bool reused = false;  // the registers are used again in the scope: what the device adds to them is no start
        std::string zeros;    // a window of a tile of zeros
    };

    Expression(Context context, std::map<int, Leaf> leaves) : context_(std::move(context)), leaves_(std::move(leaves)) {}

    // Values of which registers are held: from the first register on.
    void pin(int value, int uses);
    int reserve();  // a register that nobody else gets
    int another() { return allocate(); }

    // How often each value of the graph is used below these.
    void count(const std::vector<int>& roots);
    // Computes the value and gives its register, which is then the caller's.
    int compute(int value);
    void release(int reg) { free_.insert(reg); }
    void emit(ir::Compute c) { list().push_back({std::move(c)}); }
    ir::Block take() { return std::move(list_own_); }
    int registers() const { return used_; }
    bool spreads() const { return spreads_; }  // needs the tile of zeros

private:
    struct Held {
        int reg = 0, uses = 0;
    };
    Context context_;
    std::map<int, Leaf> leaves_;
    std::map<int, int> uses_;
    std::map<int, Held> held_;
    std::set<int> free_;
    int used_ = 0;
    bool spreads_ = false;
    ir::Block list_own_;
    ir::Block* branch_ = nullptr;  // of a condition that is being written

    struct Use {
        int reg;
        bool owned;  // may be written over
    };
    ir::Block& list() { return branch_ != nullptr ? *branch_ : list_own_; }
    const Value& at(int v) const { return context_.graph->at(v); }
    static ir::Place place(int reg) { return {"", ir::Size(reg)}; }
    bool is_leaf(int v) const { return leaves_.contains(v); }
    void count(int value, std::set<int>& seen);
    int allocate(bool clean = false);
    Use use(int v);
    int owned(int v);  // a register with the value that may be written over
    int load(const Leaf&);
    int fill(int scalar);
    int make(int v);
    int map(const Value&);
    int binary(const Value&);
    int with_scalar(const Value&, bool scalar_first);
    int two_tensors(const Value&, const std::string& operation);
    int optional_operand(const Value&, const std::string& operation, bool optional_first);
    std::optional<int> in_matrix_unit(const Value&, const std::string& operation);
    int conditional(const Value& optional);
    int select(const Value&);
    ir::Broadcast broadcast_of(const Leaf&) const;
};

// A block for one tile as one for `tiles` tiles: register r of tile k is r + registers * k, and each statement runs for all
// k before the next one does, so that its init stands once.
ir::Block spread_over(const ir::Block&, int registers, const ir::Size& tiles, const std::string& variable);

}  // namespace tw::builder
