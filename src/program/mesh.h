// Programs by mesh coordinate, as far as one device needs them: the mesh is 1x1 (docs/upstream-api.md H10).
#pragma once

#include "program/descriptors.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tw {

struct MeshCoordinate {
    std::vector<uint32_t> values;
    bool operator==(const MeshCoordinate&) const = default;
    bool is_origin() const;
    std::string str() const;  // "MeshCoordinate([0, 0])"
};

struct MeshCoordinateRange {
    MeshCoordinate start, end;                                      // both inclusive
    MeshCoordinateRange(MeshCoordinate start, MeshCoordinate end);  // raises when inverted or of different rank
    bool operator==(const MeshCoordinateRange&) const = default;
    std::string str() const;
};

struct MeshProgramDescriptor {
    std::vector<std::pair<MeshCoordinateRange, ProgramDescriptor>> mesh_programs;

    // The program of the only device. Raises on an empty descriptor, a range given twice, or a range outside the mesh.
    const ProgramDescriptor& program_of_single_device() const;
};

}  // namespace tw
