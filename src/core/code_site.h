// A place of a kernel that is known by its code only: a load or store through a pointer, a loop without a call.
//
// What goes wrong there is told like anything else, by a site. Its line is looked up when words are made
// (diagnose/code_places.cpp): a symbolizer is slow, and a fiber's stack is no place for it.
#pragma once

#include "tw/abi.h"

#include <string_view>

namespace tw {

// The same object for the same place, for as long as the process lives.
const tw_site* code_site(const void* code);

// The place that such a site's file stands for; null: it is a file.
const void* code_of_file(std::string_view file);

}  // namespace tw
