// The Python face, one bind_<topic>.cpp per topic and no logic in any of them: these files say which C++ function a Python
// name means and how arguments are converted. The package in python/tilewright arranges the names as ttnn has them.
#pragma once

#include "bind/integers.h"

#include <nanobind/nanobind.h>

#include <cstdint>
#include <vector>

// VectorUInt32 is a live object in Python, not a list that is copied (docs/upstream-api.md H8.3).
NB_MAKE_OPAQUE(std::vector<uint32_t>)

namespace tw {
struct Diagnostic;
}

namespace tw::bind {

namespace nb = nanobind;

struct CoreGrid {
    uint32_t x = 1, y = 1;
};

// The class of the warnings that runs give.
PyObject* finding_warning();
nb::dict as_dict(const Diagnostic&);

void bind_errors(nb::module_&);
void bind_enums(nb::module_&);
void bind_cores(nb::module_&);
void bind_device(nb::module_&);
void bind_tensor_spec(nb::module_&);
void bind_tensor(nb::module_&);
void bind_vectors(nb::module_&);
void bind_descriptors(nb::module_&);
void bind_program(nb::module_&);
void bind_channels(nb::module_&);
void bind_run(nb::module_&);
void bind_golden(nb::module_&);
void bind_closeness(nb::module_&);
void bind_mutants(nb::module_&);
void bind_tile_programs(nb::module_&);

}  // namespace tw::bind
