// Whole operations against files that were read by eye (tests/builder/golden), and mutated specs against the parser.
#include "base/text_file.h"
#include "builder/builder.h"
#include "builder/workspace/workspace.h"
#include "test_data.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>

namespace fs = std::filesystem;
using namespace tw::builder;
using tw::read_text;
using tw::write_text;

namespace {

const fs::path kTests = test_data();
const fs::path kSpecs = kTests.parent_path() / "examples/specs";
const fs::path kGolden = kTests / "builder/golden";

std::vector<std::string> specs_in(const std::vector<fs::path>& folders) {
    std::vector<std::string> texts;
    std::set<fs::path> paths;
    for (const fs::path& folder : folders) {
        for (const auto& entry : fs::directory_iterator(folder)) {
            if (entry.path().extension() == ".yaml") paths.insert(entry.path());
        }
    }
    for (const fs::path& path : paths) texts.push_back(read_text(path));
    return texts;
}

}  // namespace

TEST_CASE("operations are what their goldens say, byte for byte") {
    // TILEWRIGHT_UPDATE_GOLDEN=1 writes them anew; the difference is then for a person to read.
    const bool update = std::getenv("TILEWRIGHT_UPDATE_GOLDEN") != nullptr;
    const std::map<std::string, std::string> goldens = {{"gelu", "current"},
                                                        {"row_sum", "current"},
                                                        {"add", "seed"},
                                                        {"layer_norm_rm", "current"},
                                                        {"rms_norm", "registry"}};
    for (const auto& [name, dialect] : goldens) {
        NewOptions options;
        options.dialect = dialect;
        options.kernels = Kernels::Stubs;
        options.tdd = name == "layer_norm_rm";
        const NewResult result = new_operation(read_text(kSpecs / (name + ".yaml")), options);
        REQUIRE(result.ok());
        const fs::path directory = kGolden / (name + "-" + dialect);
        if (update) fs::remove_all(directory);
        for (const NewFile& file : result.files) {
            CAPTURE(file.path);
            // Without the directories of a checkout, and not collected by pytest or compilers.
            const fs::path golden = directory / (fs::path(file.path).filename().string() + ".golden");
            if (file.text.empty()) continue;
            if (file.path.ends_with("/" + result.name + ".py") && file.type == "test_shim") continue;
            if (update) write_text(golden, file.text);
            REQUIRE(fs::exists(golden));
            CHECK(read_text(golden) == file.text);
        }
    }
}

TEST_CASE("every example is planned in every spelling") {
    for (const std::string& text : specs_in({kSpecs, kTests / "builder/specs"})) {
        for (const char* dialect : {"seed", "current", "registry"}) {
            NewOptions options;
            options.dialect = dialect;
            const NewResult result = new_operation(text, options);
            CHECK_MESSAGE(result.ok(), (result.ok() ? "" : result.problems.front().text()));
        }
    }
}

// TILEWRIGHT_FUZZ sets how many; the asan-ubsan preset is run with 100000.
TEST_CASE("mutated specs end in a plan or in located problems") {
    const char* count_text = std::getenv("TILEWRIGHT_FUZZ");
    const long count = count_text != nullptr ? std::strtol(count_text, nullptr, 10) : 3000;
    const std::vector<std::string> seeds = specs_in({kSpecs, kTests / "builder/specs", kTests / "builder/specs/refused"});
    static const std::vector<std::string> kPieces = {"{",
                                                     "}",
                                                     "[",
                                                     "]",
                                                     ":",
                                                     ",",
                                                     "\n",
                                                     "  ",
                                                     "- ",
                                                     "\"",
                                                     "'",
                                                     "|",
                                                     ">",
                                                     "&a",
                                                     "*a",
                                                     "!!int",
                                                     "#",
                                                     "%",
                                                     "...",
                                                     "---",
                                                     "0",
                                                     "-1",
                                                     "1e308",
                                                     "1e999",
                                                     "nan",
                                                     "99999999999999999999",
                                                     "W",
                                                     "H",
                                                     "x",
                                                     "same(x)",
                                                     "sum(x, W)",
                                                     "(",
                                                     ")",
                                                     "+",
                                                     "**",
                                                     "@",
                                                     "/",
                                                     "a[b]",
                                                     "mean(",
                                                     "softmax",
                                                     "transpose(x, H, W)",
                                                     "optional: true",
                                                     "\t",
                                                     "\xff",
                                                     "\xc3\xa9",
                                                     "?",
                                                     "<",
                                                     "==",
                                                     "opt(x, 1)",
                                                     "shape:",
                                                     "dtype: bfloat8_b",
                                                     "layout: ROW_MAJOR",
                                                     "memory: BLOCK_SHARDED",
                                                     "tests: {shapes: [[0]]}",
                                                     "null",
                                                     "~",
                                                     "true",
                                                     "concat(x, x, W)",
                                                     "pad(x, W, 32, 32)",
                                                     "slice(x, W, 0, 32)",
                                                     "gather(x, x)",
                                                     "rot_half(x)"};
    std::mt19937_64 random(20240607);
    const auto below = [&](size_t limit) { return limit == 0 ? 0 : static_cast<size_t>(random() % limit); };
    long plans = 0;
    for (long i = 0; i < count; ++i) {
        std::string text = seeds[below(seeds.size())];
        for (size_t edits = 1 + below(6); edits > 0 && !text.empty(); --edits) {
            const size_t at = below(text.size());
            switch (below(7)) {
                case 0: text.erase(at, 1 + below(8)); break;
                case 1: text.insert(at, kPieces[below(kPieces.size())]); break;
                case 2: text[at] = static_cast<char>(random()); break;
                case 3: text.insert(at, text.substr(below(text.size()), below(40))); break;
                case 4: std::swap(text[at], text[below(text.size())]); break;
                case 5: {
                    const std::string& other = seeds[below(seeds.size())];
                    text.replace(at, below(30), other.substr(below(other.size()), below(60)));
                    break;
                }
                default: text.replace(at, 1 + below(4), kPieces[below(kPieces.size())]);
            }
        }
        CAPTURE(text);
        NewOptions options;
        options.tdd = i % 4 == 0;
        if (i % 3 != 0) options.dialect = i % 3 == 1 ? "seed" : "registry";
        NewResult result;
        REQUIRE_NOTHROW(result = new_operation(text, options));
        if (result.ok()) {
            ++plans;
            continue;
        }
        for (const tw::Diagnostic& d : result.problems) {
            REQUIRE(!d.at.empty());
            REQUIRE(d.at.front().starts_with("spec.yaml:"));
            REQUIRE(!d.what.empty());
        }
    }
    // A fuzzer that breaks everything at once tests the first line of the parser only.
    CHECK(plans > count / 100);
}
