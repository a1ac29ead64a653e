// What the checks of a tile program found.
#pragma once

#include "tileir/program.h"

#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tw::tileir {

enum class Check : uint8_t {
    Actors,     // each CB has one producer and one consumer thread
    Windows,    // a window fits its CB and does not wrap; its pages are written before they are read or pushed
    Balance,    // pushed and taken counts are equal
    Flow,       // each push finds room, each take finds pages
    Registers,  // DST: capacity, written before read, packs last
    Padding,    // what a reduction or a product reads outside of the valid elements is neutral to it
    Coverage,   // each page of an output is written once, no other page is touched
    Memory,     // circular buffers fit into L1
    Arguments,  // each name has a meaning and a use
};
const char* name_of(Check);

struct Finding {
    Check check;
    std::string what;
    std::string statement;  // its first line; "" where it is about the program
    int line = 0;           // of the text that was parsed
};

class Findings {
public:
    // Once for a check and a statement: a loop finds the same thing in each round.
    void add(Check, const Statement*, const std::string& what);
    bool full() const { return list_.size() >= 100; }
    const std::vector<Finding>& list() const { return list_; }

private:
    std::vector<Finding> list_;
    std::set<std::tuple<Check, const Statement*, std::string>> seen_;
};

}  // namespace tw::tileir
