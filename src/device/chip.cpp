#include "device/chip.h"

#include "base/embedded_file.h"
#include "base/error.h"
#include "base/settings.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <mutex>
#include <sstream>

namespace tw {

extern const EmbeddedFile chip_files[];
extern const size_t chip_files_count;

namespace {

using nlohmann::json;

struct NamedChip {
    std::vector<std::string> names;  // its own name, then aliases
    ChipDescription chip;
};

// "18..25" style ranges keep the files readable: a list holds numbers and [first, last] pairs.
std::vector<uint8_t> coordinate_list(const json& list) {
    std::vector<uint8_t> out;
    for (const json& item : list) {
        if (item.is_array()) {
            for (int i = item.at(0); i <= item.at(1).get<int>(); ++i) out.push_back(uint8_t(i));
        } else {
            out.push_back(item.get<uint8_t>());
        }
    }
    return out;
}

void check_consistent(const ChipDescription& c) {
    const auto require = [&](bool ok, const char* what) {
        if (!ok) throw std::runtime_error(what);
    };
    require(c.grid_x > 0 && c.grid_y > 0 && c.grid_x <= 255 && c.grid_y <= 255, "grid.full must be 1..255 by 1..255");
    require(c.fast_dispatch_x > 0 && c.fast_dispatch_y > 0, "grid.fast_dispatch must not be empty");
    require(c.fast_dispatch_x <= c.grid_x && c.fast_dispatch_y <= c.grid_y, "grid.fast_dispatch is larger than grid.full");
    require(c.worker_noc_x.size() == c.grid_x && c.worker_noc_y.size() == c.grid_y,
            "noc.worker_x and noc.worker_y must name every column and row of grid.full");
    require(c.dram_banks > 0 && c.dram_noc.size() == c.dram_banks, "noc.dram must name every bank of dram.banks");
    const auto power_of_two = [](uint32_t n) { return n > 0 && (n & (n - 1)) == 0; };
    require(power_of_two(c.l1_alignment) && power_of_two(c.dram_alignment) && power_of_two(c.allocation_alignment),
            "alignments must be powers of two");
    require(c.l1_base < c.l1_size && c.l1_base % c.allocation_alignment == 0 && c.l1_size % c.allocation_alignment == 0,
            "l1.base and l1.size must be multiples of the allocation alignment, base below size");
    require(c.dram_base % c.allocation_alignment == 0, "dram.base must be a multiple of the allocation alignment");
    require(c.max_cbs > 0 && c.max_cbs <= 64, "limits.circular_buffers must be 1..64");
}

NamedChip parse(std::string_view text, const std::string& where) {
    try {
        const json file = json::parse(text);
        NamedChip result;
        ChipDescription& c = result.chip;
        c.name = file.at("name");
        c.arch_name = file.at("arch");
        if (c.arch_name != "wormhole_b0" && c.arch_name != "blackhole") {
            throw std::runtime_error(fmt::format("arch {} is neither wormhole_b0 nor blackhole", c.arch_name));
        }
        c.arch = c.arch_name == "wormhole_b0" ? Arch::WormholeB0 : Arch::Blackhole;
        result.names = {c.name};
        for (const json& alias : file.value("aliases", json::array())) result.names.push_back(alias);

        const json& grid = file.at("grid");
        c.grid_x = grid.at("full").at(0);
        c.grid_y = grid.at("full").at(1);
        c.fast_dispatch_x = grid.at("fast_dispatch").at(0);
        c.fast_dispatch_y = grid.at("fast_dispatch").at(1);
        const json& l1 = file.at("l1");
        c.l1_size = l1.at("size");
        c.l1_base = l1.at("base");
        c.l1_alignment = l1.at("page_alignment");
        const json& dram = file.at("dram");
        c.dram_banks = dram.at("banks");
        c.dram_bank_size = dram.at("bank_size");
        c.dram_base = dram.at("base");
        c.dram_alignment = dram.at("page_alignment");
        c.allocation_alignment = file.at("allocation").at("granularity");
        c.max_cbs = file.at("limits").at("circular_buffers");
        c.max_semaphores = file.at("limits").at("semaphores");
        c.clock_ghz = file.at("clock").at("ghz");
        const json& noc = file.at("noc");
        c.worker_noc_x = coordinate_list(noc.at("worker_x"));
        c.worker_noc_y = coordinate_list(noc.at("worker_y"));
        for (const json& at : noc.at("dram")) c.dram_noc.push_back({at.at(0).get<uint8_t>(), at.at(1).get<uint8_t>()});
        check_consistent(c);
        return result;
    } catch (const Error&) {
        throw;
    } catch (const std::exception& e) {
        raise_host("bad-chip-file", fmt::format("cannot read the chip description {}", where), {.why = e.what()});
    }
}

// Descriptions are handed out by reference and never move or go: a deque, filled once and appended to.
struct ChipStore {
    std::mutex mutex;
    std::deque<NamedChip> chips;

    ChipStore() {
        for (size_t i = 0; i < chip_files_count; ++i) {
            chips.push_back(parse(chip_files[i].text, fmt::format("{}.json (built in)", chip_files[i].name)));
        }
    }

    const ChipDescription* by_name(std::string_view name) const {
        for (const NamedChip& chip : chips) {
            if (std::find(chip.names.begin(), chip.names.end(), name) != chip.names.end()) return &chip.chip;
        }
        return nullptr;
    }
};

ChipStore& store() {
    static ChipStore instance;
    return instance;
}

}  // namespace

const ChipDescription& find_chip(std::string_view name_or_path) {
    ChipStore& known = store();
    const std::lock_guard lock(known.mutex);
    if (const ChipDescription* chip = known.by_name(name_or_path)) return *chip;
    const std::string path(name_or_path);
    if (std::ifstream file(path); file && path.find_first_of("./") != std::string::npos) {
        std::stringstream text;
        text << file.rdbuf();
        NamedChip read = parse(text.str(), path);
        read.names = {path};
        known.chips.push_back(std::move(read));
        return known.chips.back().chip;
    }
    std::string names;
    for (const NamedChip& chip : known.chips) {
        for (const std::string& name : chip.names) names += (names.empty() ? "" : ", ") + name;
    }
    raise_host("unknown-chip", fmt::format("there is no chip description named {}", name_or_path),
               {.why = fmt::format("known names: {}", names),
                .fix = "use one of these, or the path of a JSON file like those in data/chips"});
}

const ChipDescription& default_chip() {
    for (const Setting variable : {Setting::Chip, Setting::ArchName}) {
        if (const std::string_view name = setting_text(variable); !name.empty()) return find_chip(name);
    }
    return find_chip("n150");
}

}  // namespace tw
