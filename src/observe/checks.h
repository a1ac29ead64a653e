// Which checks a run makes: one word, a bit for each line of checks.def, so that a place asks with one load and a test.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tw {

enum class CheckLevel : uint8_t { Off, Default, Full, Asked };

enum class Check : uint8_t {
#define TW_CHECK_LINE(id, ...) id,
#include "observe/checks.def"
#undef TW_CHECK_LINE
    Count
};
static_assert(static_cast<unsigned>(Check::Count) <= 64);

struct CheckRow {
    Check id;
    std::string_view name;
    CheckLevel first;
    std::string_view meaning;
};
std::span<const CheckRow> check_rows();

class Checks {
public:
    constexpr Checks() : Checks(CheckLevel::Default) {}
    explicit constexpr Checks(CheckLevel level) {
#define TW_CHECK_LINE(id, name, first, meaning) \
    if (CheckLevel::first <= level) set(Check::id, true);
#include "observe/checks.def"
#undef TW_CHECK_LINE
    }

    constexpr bool has(Check check) const { return bits_ >> static_cast<unsigned>(check) & 1; }
    constexpr void set(Check check, bool on) {
        const uint64_t bit = uint64_t{1} << static_cast<unsigned>(check);
        bits_ = on ? bits_ | bit : bits_ & ~bit;
    }
    constexpr bool operator==(const Checks&) const = default;

    // "full", "default,-noc-order", "off,races": a level (default when there is none), then names to put on or off.
    // Raises HostError[bad-checks] for an unknown word; `whose` says where the text stands.
    static Checks parse(std::string_view text, std::string_view whose);
    std::string text() const;  // that parse() reads back

private:
    uint64_t bits_ = 0;
};

}  // namespace tw
