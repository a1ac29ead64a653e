#include "test_data.h"

std::string test_data(const std::string& name) {
    return name.empty() ? TW_TEST_DATA : std::string(TW_TEST_DATA "/") + name;
}
