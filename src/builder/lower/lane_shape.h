// Where the tiles of a lane lie: rows, columns, images, or rows or columns as a call chooses.
#pragma once

#include "builder/lower/expression.h"
#include "builder/lower/program_builder.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tw::builder {

class LaneShape {
public:
    // A side on which the last tiles of a lane may be partly valid.
    struct Edge {
        int page = 0;          // of the masks
        std::string variable;  // of the loop that ends there
        ir::Size end;
        std::string masked;      // the size that is 1 where they are
        ir::Size height, width;  // valid
    };

    explicit LaneShape(ProgramBuilder& builder) : p_(builder) {}
    bool find(const std::vector<int>& reductions);  // false: refused

    bool is_image = false;
    bool reduces_tiles() const { return chosen || along_width_ || along_height_; }  // else only whole tiles are added up
    bool chosen = false;                           // by a parameter: the text is that of rows, see in_both_directions
    bool lane_rows = false, lane_columns = false;  // where a lane's values are valid
    std::vector<std::pair<std::string, ir::Size>> loops;
    std::vector<Edge> edges;
    ir::Size units;
    WorkUnit unit = WorkUnit::TileRow;
    std::string unit_doc;

    bool is_lane(int value) const;    // has one tile a lane
    bool varies(const Shape&) const;  // from lane to lane
    ir::Size tiles_of(const Shape&) const;
    ir::Size index_of(const Shape&) const;  // in a lane, of the tile that the loops are at
    ir::Size page_of(const Shape&) const;   // in the tensor
    ir::Size page_of_lane(const Shape&) const;
    ir::Block loop_over(const Shape&, ir::Block) const;
    // Statements that are written for rows, for rows and for columns where a call chooses.
    ir::Block in_both_directions(ir::Block) const;
    Size host(const ir::Size&) const;  // of products of names

private:
    ProgramBuilder& p_;
    bool along_width_ = false, along_height_ = false;

    std::set<size_t> along_outer_;  // dimensions, from the end

    bool has_loop(const Shape&, size_t loop) const;
    bool has_outer(const Shape&) const;  // along what is reduced
    ir::Size page_along(const Shape&) const;
    bool find_rows(const Shape&);
    bool find_loops();
    void find_chosen(const Axis&, const std::string& tensor);
};

}  // namespace tw::builder
