// The key of a program in the program cache (docs/upstream-api.md H9.1).
#pragma once

#include "program/descriptors.h"

#include <cstdint>

namespace tw {

// Everything that decides how a program is compiled and placed: all but argument values and the addresses of pinned
// buffers. Unlike upstream it also covers semaphore ids, face geometry, include paths, optimisation levels and argument
// counts, in which two programs may differ.
uint64_t structure_hash(const ProgramDescriptor&);

// What users count: custom_program_hash if set, else the above.
inline uint64_t program_hash(const ProgramDescriptor& program) {
    return program.custom_program_hash ? *program.custom_program_hash : structure_hash(program);
}

}  // namespace tw
