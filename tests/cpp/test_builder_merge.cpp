#include "base/text_file.h"
#include "builder/builder.h"
#include "builder/workspace/merge.h"
#include "builder/workspace/report.h"
#include "builder/workspace/workspace.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace fs = std::filesystem;
using namespace tw::builder;
using tw::read_text;
using tw::write_text;

namespace {

// A directory that goes away with the test.
struct Scratch {
    fs::path path = fs::temp_directory_path() / ("tilewright-builder-" + std::to_string(::getpid()));
    Scratch() { fs::create_directories(path); }
    ~Scratch() { fs::remove_all(path); }
};

std::string spec(const std::string& math) {
    return "name: op\ninputs: {x: }\nmath: " + math + "\n";
}

Outcome outcome_of(const std::vector<WrittenFile>& files, const std::string& end) {
    return std::find_if(files.begin(), files.end(), [&](const WrittenFile& f) { return f.path.ends_with(end); })->outcome;
}

const std::string kCompute = "ttnn/ttnn/operations/op/kernels/op_compute.cpp";

}  // namespace

TEST_CASE("changes of different lines merge") {
    CHECK(merge("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\nE\n") == "A\nb\nc\nD\nE\n");
}

TEST_CASE("the same change on both sides is one change") {
    CHECK(merge("a\nb\n", "a\nB\n", "a\nB\n") == "a\nB\n");
}

TEST_CASE("different changes of one line are a conflict") {
    CHECK_FALSE(merge("a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n").has_value());
}

TEST_CASE("insertions at one place are a conflict") {
    CHECK_FALSE(merge("a\nb\n", "a\nx\nb\n", "a\ny\nb\n").has_value());
}

TEST_CASE("a unified diff has the form that patch reads") {
    CHECK(unified_diff("a\nb\nc\n", "a\nB\nc\n", "a/f", "b/f") == "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
    CHECK(unified_diff("same\n", "same\n", "a", "b").empty());
}

TEST_CASE("writing again changes nothing") {
    const Scratch scratch;
    const NewResult result = new_operation(spec("gelu(x)"));
    write_operation(scratch.path, result, spec("gelu(x)"), {});
    for (const WrittenFile& file : write_operation(scratch.path, result, spec("gelu(x)"), {}))
        CHECK(file.outcome == Outcome::Unchanged);
}

TEST_CASE("an edited file stays, and what is new is merged into it") {
    const Scratch scratch;
    write_operation(scratch.path, new_operation(spec("gelu(x)")), spec("gelu(x)"), {});
    const fs::path kernel = scratch.path / kCompute;
    const std::string edited = read_text(kernel) + "// mine\n";
    write_text(kernel, edited);
    CHECK(outcome_of(write_operation(scratch.path, new_operation(spec("gelu(x)")), spec("gelu(x)"), {}),
                     "op_compute.cpp") == Outcome::Kept);
    CHECK(read_text(kernel) == edited);
    const auto again = write_operation(scratch.path, new_operation(spec("silu(x)")), spec("silu(x)"), {});
    CHECK(outcome_of(again, "op_compute.cpp") == Outcome::Merged);
    CHECK(outcome_of(again, "/op.py") == Outcome::Updated);
    CHECK(read_text(kernel).ends_with("// mine\n"));
    CHECK(read_text(kernel).find("silu") != std::string::npos);
}

TEST_CASE("a conflict leaves the file alone until --force") {
    const Scratch scratch;
    write_operation(scratch.path, new_operation(spec("gelu(x)")), spec("gelu(x)"), {});
    const fs::path kernel = scratch.path / kCompute;
    write_text(kernel, "void kernel_main() {}\n");
    const NewResult other = new_operation(spec("silu(x)"));
    CHECK(outcome_of(write_operation(scratch.path, other, spec("silu(x)"), {}), "op_compute.cpp") == Outcome::Conflict);
    CHECK(read_text(kernel) == "void kernel_main() {}\n");
    CHECK(fs::exists(kernel.string() + ".new"));
    // The next run sees the same conflict, not a file that suddenly counts as generated.
    CHECK(outcome_of(write_operation(scratch.path, other, spec("silu(x)"), {}), "op_compute.cpp") == Outcome::Conflict);
    CHECK(outcome_of(write_operation(scratch.path, other, spec("silu(x)"), {}, {.force = true}), "op_compute.cpp") ==
          Outcome::Overwritten);
    CHECK(read_text(kernel).find("silu") != std::string::npos);
}

TEST_CASE("a file that the builder did not write is left alone") {
    const Scratch scratch;
    write_text(scratch.path / kCompute, "// somebody's\n");
    CHECK(outcome_of(write_operation(scratch.path, new_operation(spec("gelu(x)")), spec("gelu(x)"), {}),
                     "op_compute.cpp") == Outcome::Foreign);
    CHECK(read_text(scratch.path / kCompute) == "// somebody's\n");
}

TEST_CASE("--force takes nothing from somebody else") {
    const Scratch scratch;
    write_text(scratch.path / kCompute, "// somebody's\n");
    const auto files = write_operation(scratch.path, new_operation(spec("gelu(x)")), spec("gelu(x)"), {}, {.force = true});
    CHECK(outcome_of(files, "op_compute.cpp") == Outcome::Foreign);
    CHECK(outcome_of(files, "/op.py") == Outcome::Created);
    CHECK(read_text(scratch.path / kCompute) == "// somebody's\n");
}

TEST_CASE("a stub that was filled in keeps its body and gets the arguments of a changed spec") {
    const Scratch scratch;
    NewOptions stubs;
    stubs.kernels = Kernels::Stubs;
    const std::string one = spec("gelu(x)"), two = "name: op\ninputs: {x: , y: }\nmath: silu(x) * y\n";
    write_operation(scratch.path, new_operation(one, stubs), one, stubs);
    const fs::path kernel = scratch.path / kCompute;
    std::string text = read_text(kernel);
    text = text.substr(0, text.find("    // STUB")) + "    for (uint32_t i = 0; i < num_tiles; ++i) {\n    }\n}\n";
    text.replace(text.find("#include <cstdint>"), 18, "#include <cstdint>\n#include \"mine.h\"");
    write_text(kernel, text);
    const auto files = write_operation(scratch.path, new_operation(two, stubs), two, stubs);
    CHECK(outcome_of(files, "op_compute.cpp") == Outcome::BodyKept);
    CHECK(outcome_of(files, "op_program_descriptor.py") == Outcome::Updated);
    const std::string merged = read_text(kernel);
    CHECK(merged.find("constexpr uint32_t cb_y = get_compile_time_arg_val(1);") != std::string::npos);
    CHECK(merged.find("for (uint32_t i = 0; i < num_tiles; ++i) {") != std::string::npos);
    CHECK(merged.find("#include \"mine.h\"") != std::string::npos);
    CHECK(read_text(kernel.string() + ".new").find("STUB") != std::string::npos);
    // Settled: the next run has nothing to add.
    CHECK(outcome_of(write_operation(scratch.path, new_operation(two, stubs), two, stubs), "op_compute.cpp") ==
          Outcome::Kept);
}

TEST_CASE("host and kernels wait for a kernel that cannot follow the spec") {
    const Scratch scratch;
    const std::string one = spec("gelu(x)"), two = "name: op\ninputs: {x: , y: }\nmath: silu(x) * y\n";
    write_operation(scratch.path, new_operation(one), one, {});
    const fs::path kernel = scratch.path / kCompute, host = kernel.parent_path().parent_path() / "op_program_descriptor.py";
    write_text(kernel, "void kernel_main() { work(); }\n");
    const std::string before = read_text(host);
    const auto files = write_operation(scratch.path, new_operation(two), two, {});
    CHECK(outcome_of(files, "op_compute.cpp") == Outcome::Conflict);
    CHECK(outcome_of(files, "op_program_descriptor.py") == Outcome::Held);
    CHECK(outcome_of(files, "op_reader.cpp") == Outcome::Held);
    CHECK(read_text(host) == before);
    CHECK(read_text(host.string() + ".new") != before);
    // Again the same; solved, all of them follow.
    CHECK(outcome_of(write_operation(scratch.path, new_operation(two), two, {}), "op_reader.cpp") == Outcome::Held);
    write_text(kernel, read_text(kernel.string() + ".new"));
    const auto solved = write_operation(scratch.path, new_operation(two), two, {});
    CHECK(outcome_of(solved, "op_reader.cpp") == Outcome::Updated);
    CHECK(read_text(host) != before);
}

TEST_CASE("a dry run writes nothing") {
    const Scratch scratch;
    const auto files =
        write_operation(scratch.path, new_operation(spec("gelu(x)")), spec("gelu(x)"), {}, {.dry = true, .diff = true});
    CHECK(files.front().diff.substr(0, 14) == "--- /dev/null\n");
    CHECK(fs::is_empty(scratch.path));
}

TEST_CASE("an operation is found from above, from inside and by its report") {
    const Scratch scratch;
    NewOptions stubs;
    stubs.kernels = Kernels::Stubs;
    write_operation(scratch.path, new_operation(spec("gelu(x)"), stubs), spec("gelu(x)"), stubs);
    REQUIRE(find_operations(scratch.path).size() == 1);
    REQUIRE(find_operations(scratch.path / "ttnn/ttnn/operations/op/kernels").size() == 1);
    const Operation operation = find_operations(scratch.path).front();
    CHECK(operation.name == "op");
    CHECK(stub_kernels(operation).size() == 3);
    record_build(operation, {{"op_reader.cpp", true, 0.1, ""}, {"op_compute.cpp", false, 0.1, "boom"}});
    const std::string report = report_text(operation, read_results(operation));
    CHECK(report.find("1 of 2 kernels compile") != std::string::npos);
    CHECK(report.find("boom") != std::string::npos);
}
