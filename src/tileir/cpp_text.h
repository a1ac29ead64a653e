// Words of C++ for sizes and values of a tile program.
#pragma once

#include "tileir/program.h"

#include <string>

namespace tw::tileir {

// As an expression of uint32_t, in parentheses where it is a factor and needs them.
std::string cpp(const Size&, bool factor = false);
// A float's bits, as a literal.
std::string bits_literal(double value);
// A value as it stands in a page of this format: bits of an element. Block floats have none: std::invalid_argument.
uint32_t element_bits(Format, double value);
uint32_t element_bytes(Format);
const char* element_type(Format);  // "uint16_t"

}  // namespace tw::tileir
