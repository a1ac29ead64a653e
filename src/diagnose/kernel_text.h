// What stands in a kernel's file around a place: the loops that it is in, the runtime arguments by their names, where a
// semaphore is named. Read when words are made; a file that cannot be read, as that of a kernel given as text may not be,
// says nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tw::diagnose {

struct LoopText {
    uint32_t line = 0;               // of `for` or `while`
    std::vector<std::string> names;  // identifiers of its header
};

struct NamedArg {
    uint32_t index = 0, line = 0;
    std::string name;
};

// The loops around a line, from the inside to the outside.
std::vector<LoopText> loops_around(const std::string& file, uint32_t line);
// `count` of `const uint32_t count = get_arg_val<uint32_t>(2);`
std::vector<NamedArg> arguments_in(const std::string& file);
// The first line that asks for this semaphore by number; 0: none does.
uint32_t line_of_semaphore(const std::string& file, uint32_t id);

}  // namespace tw::diagnose
