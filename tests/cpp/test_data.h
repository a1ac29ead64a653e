// Where the data files of the tests are. One file knows the path, so that all others compile the same in every checkout.
#pragma once

#include <string>

std::string test_data(const std::string& name = {});  // tests/ or tests/NAME
