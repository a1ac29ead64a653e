#include "program/mesh.h"

#include "base/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>

namespace tw {

bool MeshCoordinate::is_origin() const {
    return std::all_of(values.begin(), values.end(), [](uint32_t v) { return v == 0; });
}

std::string MeshCoordinate::str() const {
    return fmt::format("MeshCoordinate([{}])", fmt::join(values, ", "));
}

MeshCoordinateRange::MeshCoordinateRange(MeshCoordinate s, MeshCoordinate e) : start(std::move(s)), end(std::move(e)) {
    if (start.values.size() != end.values.size())
        raise_host("mesh-range", fmt::format("Start and end of a mesh range have different dimensions: {} and {}",
                                             start.str(), end.str()));
    for (size_t i = 0; i < start.values.size(); i++)
        if (start.values[i] > end.values[i])
            raise_host("mesh-range",
                       fmt::format("Start of a mesh range is past its end: {} and {}", start.str(), end.str()));
}

std::string MeshCoordinateRange::str() const {
    return fmt::format("MeshCoordinateRange(start={}, end={})", start.str(), end.str());
}

const ProgramDescriptor& MeshProgramDescriptor::program_of_single_device() const {
    if (mesh_programs.empty())
        raise_host("mesh-program", "generic_op: MeshProgramDescriptor.mesh_programs must not be empty");
    for (size_t i = 0; i < mesh_programs.size(); i++)
        for (size_t j = i + 1; j < mesh_programs.size(); j++)
            if (mesh_programs[i].first == mesh_programs[j].first)
                raise_host("mesh-program", fmt::format("Duplicate MeshCoordinateRange found in MeshProgramDescriptor: {}",
                                                       mesh_programs[i].first.str()));
    for (const auto& [range, program] : mesh_programs)
        if (!range.start.is_origin() || !range.end.is_origin())
            raise_host("mesh-program", "Programs must be executed on a single sub-device",
                       {.at = {range.str()}, .why = "the mesh has one device, at coordinate 0, 0"});
    return mesh_programs.front().second;
}

}  // namespace tw
