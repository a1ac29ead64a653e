// Rules over what an operation gave to generic_op: arguments against what the kernels read, CBs against formats and L1.
#include "builder/lint/lint.h"
#include "builder/spec.h"
#include "builder/workspace.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace tw::builder {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

constexpr long kL1Budget = 1393312;  // bytes below the first L1 buffer on Wormhole: host_api 1.2, allocatable L1 per bank
constexpr int kMaxCb = 32;

struct Kernel {
    Json facts;
    std::string name;
    std::string config;
    std::vector<long> compile_time_args;
    std::set<std::pair<int, int>> cores;
    std::optional<KernelText> text;
};

class ProgramRules {
public:
    ProgramRules(const fs::path& file, const Json& facts, const KernelContext& context)
        : file_(file.string()), facts_(facts), context_(context) {}

    std::vector<Finding> run() {
        const Json& calls = facts_["calls"];
        for (const Json& call : calls) {
            load(call);
            args_of_cores();
            args_against_kernels();
            accessor_offsets();
            circular_buffers(call);
            compute_configs();
            tensors(call);
        }
        if (calls.size() >= 2)
            repeated(calls[0], calls[1]);
        else
            address_constants(calls[0]);
        return std::move(findings_);
    }

private:
    std::string file_;
    const Json& facts_;
    const KernelContext& context_;
    std::vector<Kernel> kernels_;
    std::vector<Finding> findings_;

    void add(const char* rule, const std::string& file, int line, std::string message) {
        findings_.push_back({rule, find_rule(rule)->level, file, line, 1, std::move(message), {}});
    }

    static std::set<std::pair<int, int>> cores_of(const Json& list) {
        std::set<std::pair<int, int>> cores;
        for (const Json& core : list) cores.emplace(core[0].get<int>(), core[1].get<int>());
        return cores;
    }

    void load(const Json& call) {
        kernels_.clear();
        for (const Json& facts : call["kernels"]) {
            Kernel kernel;
            kernel.facts = facts;
            kernel.config = facts.value("config", "");
            kernel.cores = cores_of(facts["cores"]);
            for (const Json& word : facts["compile_time_args"]) kernel.compile_time_args.push_back(word.get<long>());
            const std::string source = facts.value("source", "");
            std::error_code error;
            if (facts.value("is_text", false)) {
                kernel.name = "kernel text";
                kernel.text.emplace(file_, source);
            } else {
                kernel.name = fs::path(source).filename().string();
                fs::path path = source;
                if (!fs::exists(path, error)) {
                    for (const fs::path& root : context_.include_roots) {
                        if (fs::exists(root / source, error)) path = root / source;
                    }
                }
                if (fs::exists(path, error) && !fs::is_directory(path, error))
                    kernel.text.emplace(path.string(), read_text(path));
                else if (!source.empty())
                    add("L40", file_, 1,
                        fmt::format("kernel file '{}' does not exist; build the path from Path(__file__)", source));
            }
            // L09 with the kind that the descriptor says.
            if (kernel.text) {
                const bool compute = kernel.config.find("Compute") != std::string::npos;
                for (const Finding& finding :
                     lint_kernel(*kernel.text, {.kind = compute ? KernelKind::Compute : KernelKind::Dataflow,
                                                .include_roots = {},
                                                .seed = false})) {
                    if (finding.rule == "L09") findings_.push_back(finding);
                }
            }
            kernels_.push_back(std::move(kernel));
        }
    }

    static size_t args_on(const Kernel& kernel, std::pair<int, int> core, bool& given) {
        const std::string key = fmt::format("{},{}", core.first, core.second);
        const Json& args = kernel.facts["runtime_args"];
        given = args.contains(key);
        return given ? args[key].size() : 0;
    }

    // L14, L15
    void args_of_cores() {
        std::map<std::pair<int, int>, bool> busy;  // core -> some kernel has arguments there
        for (const Kernel& kernel : kernels_) {
            const bool any = !kernel.facts["runtime_args"].empty();
            size_t missing = 0;
            std::string example;
            for (const auto& core : kernel.cores) {
                bool given = false;
                busy[core] = args_on(kernel, core, given) != 0 || busy[core];
                if (given || !any) continue;
                if (missing++ == 0) example = fmt::format("({}, {})", core.first, core.second);
            }
            if (missing != 0)
                add("L14", file_, 1,
                    fmt::format("{}: {} of its {} cores have no runtime arguments, {} for one: set them for every core, [] "
                                "for idle ones",
                                kernel.name, missing, kernel.cores.size(), example));
        }
        const bool any_args =
            std::any_of(kernels_.begin(), kernels_.end(), [](const Kernel& k) { return !k.facts["runtime_args"].empty(); });
        const auto idle = std::count_if(busy.begin(), busy.end(), [](const auto& entry) { return !entry.second; });
        if (any_args && idle != 0)
            add("L15", file_, 1,
                fmt::format("{} of {} cores run kernels without arguments: bind the kernels to the all_cores that "
                            "split_work_to_cores gives",
                            idle, busy.size()));
    }

    // L16, L18
    void args_against_kernels() {
        for (const Kernel& kernel : kernels_) {
            if (!kernel.text) continue;
            const KernelText& text = *kernel.text;
            for (const KernelCall& call : text.calls()) {
                if (call.args.empty()) continue;
                const std::optional<long> index = text.value(call.args.front(), &kernel.compile_time_args);
                if (!index) continue;
                if (call.base == "get_compile_time_arg_val" &&
                    static_cast<size_t>(*index) >= kernel.compile_time_args.size()) {
                    add("L16", text.path(), call.line,
                        fmt::format("get_compile_time_arg_val({}): the descriptor gives {} compile-time arguments", *index,
                                    kernel.compile_time_args.size()));
                }
                if (call.base == "get_common_arg_val" && *index >= kernel.facts.value("common_runtime_args", 0L)) {
                    add("L16", text.path(), call.line,
                        fmt::format("get_common_arg_val({}): the descriptor gives {} common arguments", *index,
                                    kernel.facts.value("common_runtime_args", 0L)));
                }
                if (call.base != "get_arg_val") continue;
                for (const auto& core : kernel.cores) {
                    bool given = false;
                    const size_t count = args_on(kernel, core, given);
                    // An idle core's empty list is the host's word that the kernel looks at nothing there.
                    if (count == 0 || static_cast<size_t>(*index) < count) continue;
                    add("L16", text.path(), call.line,
                        fmt::format("get_arg_val({}): core ({}, {}) is given {} runtime arguments", *index, core.first,
                                    core.second, count));
                    break;
                }
            }
        }
    }

    // L17, L18: a literal offset must be where some tensor's words are.
    void accessor_offsets() {
        std::vector<std::vector<long>> accessors;
        for (const Json& words : facts_["calls"][0]["accessors"]) accessors.push_back(words.get<std::vector<long>>());
        if (accessors.empty()) return;
        for (const Kernel& kernel : kernels_) {
            if (!kernel.text) continue;
            const std::vector<CppToken>& t = kernel.text->tokens();
            for (size_t i = 0; i + 3 < t.size(); ++i) {
                if (t[i].text != "TensorAccessorArgs" || t[i + 1].text != "<" || t[i + 3].text != ">") continue;
                const std::optional<long> offset = kernel.text->value(t[i + 2].text, &kernel.compile_time_args);
                if (!offset) continue;
                const std::vector<long>& args = kernel.compile_time_args;
                if (static_cast<size_t>(*offset) >= args.size()) {
                    add("L18", kernel.text->path(), t[i].line,
                        fmt::format("TensorAccessorArgs<{}>: the descriptor gives {} compile-time arguments; this fails "
                                    "even in a dead branch",
                                    *offset, args.size()));
                    continue;
                }
                const bool there = std::any_of(accessors.begin(), accessors.end(), [&](const std::vector<long>& words) {
                    return static_cast<size_t>(*offset) + words.size() <= args.size() &&
                           std::equal(words.begin(), words.end(), args.begin() + *offset);
                });
                if (!there)
                    add("L17", kernel.text->path(), t[i].line,
                        fmt::format("TensorAccessorArgs<{}>: no tensor's words start at compile-time argument {}", *offset,
                                    *offset));
            }
        }
    }

    // L19 to L25, L31, L39
    void circular_buffers(const Json& call) {
        std::map<std::pair<int, int>, std::map<int, int>> used;  // core -> index -> how often
        std::map<std::pair<int, int>, long> bytes;
        std::map<int, const Json*> formats;
        std::map<int, long> capacity;
        for (const Json& cb : call["cbs"]) {
            const long total = cb.value("total_size", 0L);
            for (const Json& format : cb["formats"]) {
                const int index = format.value("index", 0);
                const long page = format.value("page_size", 0L);
                formats[index] = &format;
                if (index >= kMaxCb) add("L19", file_, 1, fmt::format("CB {}: a core has CBs 0 to {}", index, kMaxCb - 1));
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
        for (const auto& [core, total] : bytes) {
            if (total <= kL1Budget) continue;
            add("L39", file_, 1,
                fmt::format("the CBs of core ({}, {}) take {} bytes; L1 has {}", core.first, core.second, total,
                            kL1Budget));
            break;
        }
        check_formats(call, formats);
        for (const Kernel& kernel : kernels_) check_uses(kernel, formats, capacity);
    }

    // L21, L22: page sizes that belong to no tensor and no tile of the format.
    void check_formats(const Json& call, const std::map<int, const Json*>& formats) {
        for (const auto& [index, format] : formats) {
            std::string dtype = format->value("format", "");
            std::transform(dtype.begin(), dtype.end(), dtype.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            static const std::map<std::string, std::string> kNames = {
                {"float16_b", "bfloat16"}, {"bfp8_b", "bfloat8_b"}, {"bfp4_b", "bfloat4_b"}};
            if (const auto known = kNames.find(dtype); known != kNames.end()) dtype = known->second;
            const long page = format->value("page_size", 0L), tile = tile_bytes(dtype);
            bool tiled_tensor = false, page_of_tensor = false, any = false;
            for (const Json& tensor : call["tensors"]) {
                std::string other = tensor.value("dtype", "");
                std::transform(other.begin(), other.end(), other.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
                if (other != dtype) continue;
                any = true;
                tiled_tensor = tiled_tensor || tensor.value("layout", "") == "TILE";
                page_of_tensor = page_of_tensor || tensor.value("page_size", 0L) == page;
            }
            const bool all_tiled = std::all_of(call["tensors"].begin(), call["tensors"].end(),
                                               [](const Json& t) { return t.value("layout", "") == "TILE"; });
            if (dtype.empty() || page == 0 || page_of_tensor || page == tile) continue;
            if (page < tile && any && all_tiled && tiled_tensor && page % 1024 == 0) {
                add("L21", file_, 1,
                    fmt::format("CB {}: pages of {} bytes, a tile of {} has {}", index, page, dtype, tile));
            }
        }
        // A CB whose format no tensor has, with the page size of another format's tile.
        for (const auto& [index, format] : formats) {
            std::string dtype = format->value("format", "");
            std::transform(dtype.begin(), dtype.end(), dtype.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            const long page = format->value("page_size", 0L);
            if ((dtype == "float32" && page == 2048) || ((dtype == "bfloat16" || dtype == "float16_b") && page == 4096)) {
                const bool sticks = std::any_of(call["tensors"].begin(), call["tensors"].end(), [&](const Json& t) {
                    return t.value("layout", "") != "TILE" && t.value("page_size", 0L) == page;
                });
                if (!sticks)
                    add("L22", file_, 1, fmt::format("CB {}: pages of {} bytes hold no tile of {}", index, page, dtype));
            }
        }
    }

    void check_uses(const Kernel& kernel, const std::map<int, const Json*>& formats, const std::map<int, long>& capacity) {
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
            } else if (call.base == "reduce_tile" && call.args.size() >= 2) {
                const std::optional<long> cb = text.value(call.args[1], &kernel.compile_time_args);
                const auto format = cb ? formats.find(static_cast<int>(*cb)) : formats.end();
                if (format == formats.end() || !told.insert(1000 + *cb).second) continue;
                std::string dtype = format->second->value("format", "");
                std::transform(dtype.begin(), dtype.end(), dtype.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
                if (dtype == "float32" || dtype == "uint32" || dtype == "int32")
                    add("L31", text.path(), call.line,
                        fmt::format("the scaler CB {} is {}: a scaler is a bfloat16 tile", *cb, dtype));
            }
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

    // L37, L38
    void compute_configs() {
        for (const Kernel& kernel : kernels_) {
            if (!kernel.text || kernel.config.find("Compute") == std::string::npos) continue;
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
            if (direct.empty()) continue;
            for (const KernelCall& call : text.calls()) {
                const bool matrix = call.base == "matmul_tiles" || call.base == "matmul_block" ||
                                    call.base == "reduce_tile" || call.base == "add_tiles" || call.base == "sub_tiles" ||
                                    call.base == "mul_tiles" || call.base.find("_tiles_bcast") != std::string::npos;
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
    }

    // L06, L07, L36
    void tensors(const Json& call) {
        const Json& list = call["tensors"];
        std::set<long> known;
        for (const Json& tensor : list) {
            known.insert(tensor.value("address", 0L));
            const std::string dtype = tensor.value("dtype", ""), layout = tensor.value("layout", "");
            if ((dtype == "BFLOAT8_B" || dtype == "BFLOAT4_B") && layout == "ROW_MAJOR")
                add("L36", file_, 1, "a block format with ROW_MAJOR layout");
        }
        if (list.empty()) return;
        // The writer's first argument is an address by every convention; it should be that of the last tensor.
        for (const Kernel& kernel : kernels_) {
            const bool writer = kernel.config.find("Writer") != std::string::npos,
                       reader = kernel.config.find("Reader") != std::string::npos;
            if (!writer && !reader) continue;
            for (const auto& [core, values] : kernel.facts["runtime_args"].items()) {
                if (values.empty()) continue;
                const long first = values[0].get<long>(), last_address = list.back().value("address", 0L);
                if (writer && known.count(first) != 0 && first != last_address && list.size() > 1) {
                    add("L06", file_, 1,
                        fmt::format("{} writes to a tensor that is not the last one in generic_op's list", kernel.name));
                }
                break;
            }
        }
    }

    // L50: two calls with the same shapes and other tensors differ in compile-time arguments. Nothing else may.
    void repeated(const Json& a, const Json& b) {
        if (a["tensors"].size() != b["tensors"].size() || a["kernels"].size() != b["kernels"].size()) return;
        for (size_t i = 0; i < a["tensors"].size(); ++i) {
            for (const char* key : {"shape", "dtype", "layout"}) {
                if (a["tensors"][i][key] != b["tensors"][i][key]) return address_constants(a);
            }
        }
        for (size_t i = 0; i < a["kernels"].size(); ++i) {
            if (a["kernels"][i]["compile_time_args"] != b["kernels"][i]["compile_time_args"]) {
                add("L50", file_, 1,
                    fmt::format("{}: compile-time arguments change from call to call: each call compiles again",
                                fs::path(a["kernels"][i].value("source", "")).filename().string()));
            }
        }
        address_constants(a);
    }

    // An address of a tensor among the compile-time arguments.
    void address_constants(const Json& call) {
        for (const Json& kernel : call["kernels"]) {
            for (const Json& word : kernel["compile_time_args"]) {
                for (const Json& tensor : call["tensors"]) {
                    const long address = tensor.value("address", 0L);
                    if (address > 65536 && word.get<long>() == address) {
                        add("L50", file_, 1,
                            fmt::format(
                                "{}: the address of a tensor is a compile-time argument: it is stale in the next call",
                                fs::path(kernel.value("source", "")).filename().string()));
                        return;
                    }
                }
            }
        }
    }
};

// What the emulator said while the tests ran, as rules. Its codes are the diagnostics' (docs/diagnostics.md).
std::vector<Finding> lint_run(const std::string& file, const Json& problems) {
    static const std::vector<std::pair<const char*, const char*>> kCodes = {{"deadlock", "L23"},
                                                                            {"hang", "L23"},
                                                                            {"cb-underrun", "L23"},
                                                                            {"cb-overrun", "L23"},
                                                                            {"cb-unknown", "L23"},
                                                                            {"cb-capacity", "L24"},
                                                                            {"cb-wrap", "L25"},
                                                                            {"dst-", "L30"},
                                                                            {"missing-runtime-arg", "L16"},
                                                                            {"noc-alignment", "L34"},
                                                                            {"noc-align", "L34"},
                                                                            {"missing-barrier", "L34"},
                                                                            {"uninitialized", "L34"},
                                                                            {"race", "L34"},
                                                                            {"cb-clash", "L39"},
                                                                            {"l1-size", "L39"},
                                                                            {"kernel-not-found", "L40"},
                                                                            {"cb-page-size", "L20"},
                                                                            {"cb-size", "L20"},
                                                                            {"cb-index", "L19"}};
    std::vector<Finding> findings;
    for (const Json& entry : problems) {
        const std::string text = entry.is_string() ? entry.get<std::string>() : "";
        for (const auto& [code, rule] : kCodes) {
            if (text.find(std::string("[") + code) == std::string::npos) continue;
            findings.push_back({rule, find_rule(rule)->level, file, 1, 1, "seen in a run: " + text, {}});
            break;
        }
    }
    return findings;
}

}  // namespace

std::vector<Finding> lint_program(const fs::path& descriptor_file, const Json& facts, const KernelContext& context) {
    std::vector<Finding> findings;
    if (facts.contains("calls") && !facts["calls"].empty()) findings = ProgramRules(descriptor_file, facts, context).run();
    if (facts.contains("problems")) {
        for (Finding& finding : lint_run(descriptor_file.string(), facts["problems"]))
            findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace tw::builder
