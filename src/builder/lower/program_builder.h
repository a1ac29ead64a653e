// What the lowering of every family needs: the tensors of a spec as those of a tile program, sizes, scalars, and short
// forms of its statements.
#pragma once

#include "builder/lower/decompose.h"
#include "builder/lower/lower.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tw::builder {

inline ir::Size sym(const std::string& name) {
    return ir::Size::symbol(name);
}

ir::Statement window(ir::Window::Kind, const std::string& cb, const ir::Size& count, const std::string& name,
                     ir::Block body, const std::string& when = {});
ir::Statement loop(const std::string& variable, const ir::Size& end, ir::Block body);
// The block itself where `condition` is empty.
void append_if(ir::Block&, const std::string& condition, ir::Block then);
void append(ir::Block&, ir::Block more);

class ProgramBuilder {
public:
    ProgramBuilder(const Spec&, Decomposed);

    const Spec& spec;
    Graph graph;
    Lowered made;

    const Value& at(int value) const { return graph.at(value); }
    bool refused() const { return !made.why_not.empty(); }
    void refuse(const std::string& why);

    // ---- sizes
    // A size that the host gives; the same name again is the same size.
    ir::Size host_size(const std::string& name, const Size& is, ir::Phase = ir::Phase::Host,
                       const std::string& comment = {});
    ir::Size derived(const std::string& name, const ir::Size& is, ir::Phase, const std::string& comment = {});
    // The tiles that the math walks over: those of a tensor of this shape, which is one of the operation's. `along`: outer
    // dimensions, from the end, that reductions run along.
    void set_space(const Shape&, const std::string& tensor, const std::set<size_t>& along = {});
    // The same of row-major tensors, whose rows lie one behind the other: as one image with all of them.
    void set_row_space(const Shape&, const std::string& tensor);
    bool is_row_major(const TensorSpec& t) const { return spec.layouts_of(t).front() == Layout::RowMajor; }
    ir::Size height, width;  // of the space, in elements
    bool flat = false;
    ir::Size height_tiles, width_tiles, last_height, last_width, images;
    Shape space;

    // Outer dimensions: neighbours that each tensor has or lacks together, and reductions take together, are one.
    struct OuterGroup {
        ir::Size extent;
        bool along = false;
        std::vector<size_t> from_end;  // 0: the leading ones, which have no names
    };
    std::vector<OuterGroup> groups;
    bool has_group(const Shape&, const OuterGroup&) const;
    bool is_broadcast(const Shape&) const;   // each outer dimension is the space's or one
    ir::Size images_of(const Shape&) const;  // how many a tensor has
    // The image of a tensor at places along the groups, and at an image of the space.
    ir::Size image_at(const Shape&, const std::vector<ir::Size>& places) const;
    ir::Size image_in(const Shape&, const ir::Size& image) const;
    // Places along the groups that are reduced along, or along the others, from a number that counts them.
    void split(const ir::Size& number, bool along, std::vector<ir::Size>& places) const;
    void bind_outer(ir::Bindings&, size_t sample) const;

    // ---- tensors
    bool has_rows(const Shape&) const;     // along the space's rows; else one, to be spread
    bool has_columns(const Shape&) const;  // along its columns
    bool has_images(const Shape&) const;   // all of the space's
    bool has_none_of_images(const Shape&) const;
    void add_tensor(const TensorSpec&, const Shape&, ir::Role);
    // The page of an input at a place of the space.
    ir::Size page_at(const Shape&, const ir::Size& image, const ir::Size& row, const ir::Size& column) const;
    std::string given(const std::string& input);  // the size that is 1 where an optional input is given
    bool may_be_32_bits() const;                  // the dtype of an input
    std::string dtype_root(
        const TensorSpec&) const;  // the tensor that a same(..) leads to; "" where there is one dtype only

    // ---- the program's parts
    // A circular buffer of that name, or another one where a tensor is named so.
    std::string cb_name(const std::string& wanted) const {
        return spec.input(wanted) == nullptr && wanted != spec.output.name ? wanted : wanted + "_tile";
    }
    void add_cb(const std::string& name, ir::Format, const ir::Size& pages, const std::string& purpose);
    void add_cb(const std::string& name, const TensorSpec&, const ir::Size& pages, const std::string& purpose);
    ir::Operand scalar(int value);
    // Values of the free symbols at which the program is checked: with each of these choices, for several shapes, with
    // optional inputs given and absent.
    void add_samples(const std::vector<ir::Bindings>& choices);

private:
    std::map<int, HostReal> lane_sizes_;
    HostReal real(int value);
    void set_outer(const std::string& tensor, const std::set<size_t>& along);
    std::string fresh(std::string name) const;
};

ir::Format format_of(const std::string& dtype);

// The families.
Lowered lower_elementwise(ProgramBuilder&);
Lowered lower_lanes(ProgramBuilder&);
Lowered lower_matmul(ProgramBuilder&);
Lowered lower_page_map(ProgramBuilder&);
Lowered lower_scan(ProgramBuilder&);

}  // namespace tw::builder
