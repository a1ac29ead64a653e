// Rules over what an operation gave to generic_op: arguments against what the kernels read, CBs against formats and L1.
#include "lint/program_rules.h"
#include "base/json.h"
#include "base/text_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace tw::lint {

namespace fs = std::filesystem;

Cores cores_of(const Json& list) {
    Cores cores;
    for (const Json& core : list) cores.emplace(core[0].get<int>(), core[1].get<int>());
    return cores;
}

const ChipDescription& chip_of(const Json& call) {
    const std::string name = call.value("chip", "");
    return name.empty() ? default_chip() : find_chip(name);
}

namespace {

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
            lint_circular_buffers(file_, call, kernels_, findings_);
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
    std::vector<ProgramKernel> kernels_;
    std::vector<Finding> findings_;

    void add(const char* rule, const std::string& file, int line, std::string message) {
        findings_.push_back({rule, find_rule(rule)->level, file, line, 1, std::move(message), {}});
    }

    void load(const Json& call) {
        kernels_.clear();
        for (const Json& facts : call["kernels"]) {
            ProgramKernel kernel;
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

    static size_t args_on(const ProgramKernel& kernel, std::pair<int, int> core, bool& given) {
        const std::string key = fmt::format("{},{}", core.first, core.second);
        const Json& args = kernel.facts["runtime_args"];
        given = args.contains(key);
        return given ? args[key].size() : 0;
    }

    // L14, L15
    void args_of_cores() {
        std::map<std::pair<int, int>, bool> busy;  // core -> some kernel has arguments there
        for (const ProgramKernel& kernel : kernels_) {
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
        const bool any_args = std::any_of(kernels_.begin(), kernels_.end(),
                                          [](const ProgramKernel& k) { return !k.facts["runtime_args"].empty(); });
        const auto idle = std::count_if(busy.begin(), busy.end(), [](const auto& entry) { return !entry.second; });
        if (any_args && idle != 0)
            add("L15", file_, 1,
                fmt::format("{} of {} cores run kernels without arguments: bind the kernels to the all_cores that "
                            "split_work_to_cores gives",
                            idle, busy.size()));
    }

    // L16, L18
    void args_against_kernels() {
        for (const ProgramKernel& kernel : kernels_) {
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
        for (const ProgramKernel& kernel : kernels_) {
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
        // What the call allocated is its output.
        const Json allocated = call.value("allocated", Json::array());
        const auto is_new = [&](const Json& tensor) {
            return std::find(allocated.begin(), allocated.end(), tensor.value("address", 0L)) != allocated.end();
        };
        if (std::any_of(list.begin(), list.end(), is_new) && !is_new(list.back()))
            add("L06", file_, 1, "the last tensor of generic_op's list is not the one that the call allocated");
        for (const Json& address : call.value("accessor_addresses", Json::array())) {
            if (known.count(address.get<long>()) != 0) continue;
            add("L07", file_, 1,
                fmt::format("the tensor at address {} has TensorAccessorArgs but is not in generic_op's list: its address "
                            "goes stale",
                            address.get<long>()));
            break;
        }
        // The writer's first argument is an address by every convention; it should be that of the last tensor.
        for (const ProgramKernel& kernel : kernels_) {
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

}  // namespace tw::lint
