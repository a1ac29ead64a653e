#include "lint/program_rules.h"

#include "tensor/data_type.h"
#include "tensor/tile_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace tw::lint {

namespace {

// A CB's format as the name of a dtype: "FLOAT16_B" is "bfloat16".
std::string dtype_of(const Json& format) {
    std::string name = format.value("format", "");
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    static const std::map<std::string, std::string> kNames = {
        {"float16_b", "bfloat16"}, {"bfp8_b", "bfloat8_b"}, {"bfp4_b", "bfloat4_b"}};
    const auto known = kNames.find(name);
    return known == kNames.end() ? name : known->second;
}

// Of a tile of 32 x 32 elements; 0 for what is no dtype.
long tile_bytes(std::string_view dtype) {
    for (uint8_t i = 0; i < static_cast<uint8_t>(DataType::INVALID); ++i) {
        const auto type = static_cast<DataType>(i);
        if (short_name_of(type) == dtype) return tile_size(to_data_format(type));
    }
    return 0;
}

class CbRules : ProgramCheck {
public:
    using ProgramCheck::ProgramCheck;

    void run() {
        circular_buffers();
        for (const ProgramKernel& kernel : kernels_) {
            if (!kernel.text || kernel.config.find("Compute") == std::string::npos) continue;
            compute_config(kernel);
            dst_indices(kernel);
        }
        conventions();
    }

private:
    // L19 to L25, L31, L39
    void circular_buffers() {
        std::map<std::pair<int, int>, std::map<int, int>> used;  // core -> index -> how often
        std::map<std::pair<int, int>, long> bytes;
        std::map<int, const Json*> formats;
        std::map<int, long> capacity;
        for (const Json& cb : call_["cbs"]) {
            const long total = cb.value("total_size", 0L);
            for (const Json& format : cb["formats"]) {
                const int index = format.value("index", 0);
                const long page = format.value("page_size", 0L);
                formats[index] = &format;
                if (index < 0 || static_cast<uint32_t>(index) >= chip_.max_cbs)
                    add("L19", file_, 1, fmt::format("CB {}: a core has CBs 0 to {}", index, chip_.max_cbs - 1));
                if (page <= 0 || total % page != 0 || total < page) {
                    add("L20", file_, 1,
                        fmt::format("CB {}: total_size {} is not one or more pages of {}", index, total, page));
                } else {
                    capacity[index] = total / page;
                }
                for (const auto& core : cores_of(cb["cores"])) {
                    if (++used[core][index] == 2) {
                        add("L19", file_, 1,
                            fmt::format("CB {} is described twice on core ({}, {})", index, core.first, core.second));
                        break;
                    }
                }
            }
            if (cb.value("pinned", false)) continue;
            for (const auto& core : cores_of(cb["cores"])) bytes[core] += total;
        }
        const long budget = chip_.l1_size - chip_.l1_base;  // without buffers beside them
        for (const auto& [core, total] : bytes) {
            if (total <= budget) continue;
            add("L39", file_, 1,
                fmt::format("the CBs of core ({}, {}) take {} bytes; L1 has {}", core.first, core.second, total, budget));
            break;
        }
        check_formats(formats);
        for (const ProgramKernel& kernel : kernels_) check_uses(kernel, formats, capacity);
    }

    // L21, L22: page sizes that belong to no tensor and no tile of the format.
    void check_formats(const std::map<int, const Json*>& formats) {
        for (const auto& [index, format] : formats) {
            const std::string dtype = dtype_of(*format);
            const long page = format->value("page_size", 0L), tile = tile_bytes(dtype);
            bool tiled_tensor = false, page_of_tensor = false, any = false;
            for (const Json& tensor : call_["tensors"]) {
                std::string other = tensor.value("dtype", "");
                std::transform(other.begin(), other.end(), other.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
                if (other != dtype) continue;
                any = true;
                tiled_tensor = tiled_tensor || tensor.value("layout", "") == "TILE";
                page_of_tensor = page_of_tensor || tensor.value("page_size", 0L) == page;
            }
            const bool all_tiled = std::all_of(call_["tensors"].begin(), call_["tensors"].end(),
                                               [](const Json& t) { return t.value("layout", "") == "TILE"; });
            if (dtype.empty() || page == 0 || page_of_tensor || page == tile) continue;
            if (page < tile && any && all_tiled && tiled_tensor && page % 1024 == 0) {
                add("L21", file_, 1,
                    fmt::format("CB {}: pages of {} bytes, a tile of {} has {}", index, page, dtype, tile));
            }
        }
        // A CB whose format no tensor has, with the page size of another format's tile.
        for (const auto& [index, format] : formats) {
            const std::string dtype = dtype_of(*format);
            const long page = format->value("page_size", 0L);
            if ((dtype == "float32" && page == 2048) || (dtype == "bfloat16" && page == 4096)) {
                const bool sticks = std::any_of(call_["tensors"].begin(), call_["tensors"].end(), [&](const Json& t) {
                    return t.value("layout", "") != "TILE" && t.value("page_size", 0L) == page;
                });
                if (!sticks)
                    add("L22", file_, 1, fmt::format("CB {}: pages of {} bytes hold no tile of {}", index, page, dtype));
            }
        }
    }

    void check_uses(const ProgramKernel& kernel, const std::map<int, const Json*>& formats,
                    const std::map<int, long>& capacity) {
        if (!kernel.text) return;
        const KernelText& text = *kernel.text;
        std::map<long, std::set<long>> waits, blocks;
        std::set<long> told;
        for (const KernelCall& call : text.calls()) {
            const bool waits_or_reserves = call.base == "cb_wait_front" || call.base == "cb_reserve_back";
            const bool moves = call.base == "cb_push_back" || call.base == "cb_pop_front";
            if ((waits_or_reserves || moves) && !call.args.empty()) {
                const std::optional<long> cb = text.value(call.args.front(), &kernel.compile_time_args);
                if (!cb) continue;
                if (formats.count(static_cast<int>(*cb)) == 0) {
                    if (told.insert(*cb).second)
                        add("L23", text.path(), call.line,
                            fmt::format("{}({}): the program describes no CB {}", call.base, call.args.front(), *cb));
                    continue;
                }
                const std::optional<long> count =
                    call.args.size() > 1 ? text.value(call.args[1], &kernel.compile_time_args) : std::nullopt;
                const auto room = capacity.find(static_cast<int>(*cb));
                if (!count || room == capacity.end()) continue;
                if (*count > room->second)
                    add("L24", text.path(), call.line,
                        fmt::format("{} of {} pages on CB {}, which holds {}: it never returns", call.base, *count, *cb,
                                    room->second));
                else if (moves)
                    blocks[*cb].insert(*count);
                else if (call.base == "cb_wait_front")
                    waits[*cb].insert(*count);
            } else if ((call.base == "tilize_block" || call.base == "untilize_block") && call.args.size() >= 3) {
                converts(kernel, call, formats, capacity);
            } else if (call.base == "reduce_tile" && call.args.size() >= 2) {
                const std::optional<long> cb = text.value(call.args[1], &kernel.compile_time_args);
                const auto format = cb ? formats.find(static_cast<int>(*cb)) : formats.end();
                if (format == formats.end() || !told.insert(1000 + *cb).second) continue;
                const std::string dtype = dtype_of(*format->second);
                if (dtype == "float32" || dtype == "uint32" || dtype == "int32")
                    add("L31", text.path(), call.line,
                        fmt::format("the scaler CB {} is {}: a scaler is a bfloat16 tile", *cb, dtype));
            }
        }
        for (const auto& [cb, counts] : waits) {
            const long room = capacity.at(static_cast<int>(cb));
            const auto odd = std::find_if(counts.begin(), counts.end(), [&](long count) { return room % count != 0; });
            if (counts.size() > 1 && odd != counts.end())
                add("L24", text.path(), 1,
                    fmt::format("CB {} is waited for by different counts, and {} does not divide the {} pages it holds", cb,
                                *odd, room));
        }
        for (const auto& [cb, counts] : blocks) {
            const long room = capacity.at(static_cast<int>(cb));
            // One block size alone that does not divide the ring wraps in the middle of a block sooner or later.
            if (counts.size() == 1 && *counts.begin() > 1 && room % *counts.begin() != 0) {
                add("L25", text.path(), 1,
                    fmt::format("CB {} is moved on by {} pages at a time, and holds {}: a block wraps around its end", cb,
                                *counts.begin(), room));
            }
        }
    }

    // L22: both sides of a change of layout count tiles, a row of them at a time.
    void converts(const ProgramKernel& kernel, const KernelCall& call, const std::map<int, const Json*>& formats,
                  const std::map<int, long>& capacity) {
        const std::optional<long> row = kernel.text->value(call.args[1], &kernel.compile_time_args);
        for (const size_t at : {size_t{0}, size_t{2}}) {
            const std::optional<long> cb = kernel.text->value(call.args[at], &kernel.compile_time_args);
            const auto format = cb ? formats.find(static_cast<int>(*cb)) : formats.end();
            if (format == formats.end()) continue;
            const long page = format->second->value("page_size", 0L), tile = tile_bytes(dtype_of(*format->second));
            if (tile != 0 && page != tile)
                add("L22", kernel.text->path(), call.line,
                    fmt::format("{} on CB {}, whose pages have {} bytes: a tile has {}", call.base, *cb, page, tile));
            const auto room = capacity.find(static_cast<int>(*cb));
            if (row && room != capacity.end() && *row > room->second)
                add("L22", kernel.text->path(), call.line,
                    fmt::format("{} of {} tiles on CB {}, which holds {}", call.base, *row, *cb, room->second));
        }
    }

    // L37, L38
    void compute_config(const ProgramKernel& kernel) {
        const KernelText& text = *kernel.text;
        const bool converts = std::any_of(text.calls().begin(), text.calls().end(), [](const KernelCall& call) {
            return call.base.starts_with("tilize") || call.base.starts_with("untilize") ||
                   call.base.starts_with("pack_untilize") || call.base.starts_with("fast_tilize");
        });
        if (kernel.facts.value("fp32_dest", false) && converts && !text.mentions("Fp32")) {
            add("L37", text.path(), 1,
                "fp32_dest_acc_en together with tilize or untilize: corrupted output was seen on Wormhole; use the "
                "lossless fp32 modes of the helpers");
        }
        std::set<long> direct;
        for (const Json& index : kernel.facts["unpack_fp32"]) direct.insert(index.get<long>());
        if (direct.empty()) return;
        for (const KernelCall& call : text.calls()) {
            const bool matrix = call.base == "matmul_tiles" || call.base == "matmul_block" || call.base == "reduce_tile" ||
                                call.base == "add_tiles" || call.base == "sub_tiles" || call.base == "mul_tiles" ||
                                call.base.find("_tiles_bcast") != std::string::npos;
            for (size_t i = 0; matrix && i < std::min<size_t>(2, call.args.size()); ++i) {
                const std::optional<long> cb = text.value(call.args[i], &kernel.compile_time_args);
                if (cb && direct.erase(*cb) != 0)
                    add("L38", text.path(), call.line,
                        fmt::format("CB {} is unpacked straight to DST (UnpackToDestFp32), but {} takes it through the "
                                    "matrix unit",
                                    *cb, call.base));
            }
        }
    }

    // L30: DST has 16 tiles, half of them while packer and math unit take turns, half of that in fp32.
    void dst_indices(const ProgramKernel& kernel) {
        const long tiles =
            16 / (kernel.facts.value("full_sync", false) ? 1 : 2) / (kernel.facts.value("fp32_dest", false) ? 2 : 1);
        static const std::map<std::string, size_t> kIndex = {
            {"copy_tile", 2}, {"add_tiles", 4},    {"sub_tiles", 4},   {"mul_tiles", 4},
            {"pack_tile", 0}, {"matmul_tiles", 4}, {"reduce_tile", 4}, {"transpose_wh_tile", 2}};
        for (const KernelCall& call : kernel.text->calls()) {
            const auto at = kIndex.find(call.base);
            if (at == kIndex.end() || at->second >= call.args.size()) continue;
            const std::optional<long> index = kernel.text->value(call.args[at->second], &kernel.compile_time_args);
            if (index && *index >= tiles)
                add("L30", kernel.text->path(), call.line,
                    fmt::format("{} on DST tile {}: with this configuration DST has {}", call.base, *index, tiles));
        }
    }

    // L19, the convention: 0-7 inputs, 8-15 special, 16-23 outputs, 24-31 between phases of the compute kernel.
    void conventions() {
        std::map<long, std::set<char>> pushed, popped;
        for (const ProgramKernel& kernel : kernels_) {
            if (!kernel.text) continue;
            const char role = kernel.config.find("Compute") != std::string::npos  ? 'c'
                              : kernel.config.find("Writer") != std::string::npos ? 'w'
                                                                                  : 'r';
            for (const KernelCall& call : kernel.text->calls()) {
                const bool push = call.base == "cb_push_back", pop = call.base == "cb_pop_front";
                if ((!push && !pop) || call.args.empty()) continue;
                const std::optional<long> cb = kernel.text->value(call.args.front(), &kernel.compile_time_args);
                if (cb) (push ? pushed : popped)[*cb].insert(role);
            }
        }
        for (const auto& [cb, by] : pushed) {
            const std::set<char>& to = popped[cb];
            const char* place = nullptr;
            if (by == std::set{'c'} && to == std::set{'w'} && (cb < 16 || cb > 23)) place = "an output: 16 to 23";
            if (by == std::set{'c'} && to == std::set{'c'} && cb < 24) place = "between phases: 24 to 31";
            if (by == std::set{'r'} && to == std::set{'c'} && cb > 15)
                place = "an input: 0 to 7, or 8 to 15 for scalers and masks";
            if (place == nullptr) continue;
            findings_.push_back(
                {"L19", Level::Warning, file_, 1, 1, fmt::format("by convention CB {} is {}", cb, place), {}});
        }
    }
};

}  // namespace

void lint_circular_buffers(const std::string& file, const Json& call, const std::vector<ProgramKernel>& kernels,
                           std::vector<Finding>& findings) {
    CbRules(file, call, kernels, findings).run();
}

}  // namespace tw::lint
