// What src/mutate finds in a kernel's text.
#include "mutate/kernel_mutants.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

using namespace tw::mutate;

namespace {

const std::string kReader = R"(#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    const uint32_t count = get_arg_val<uint32_t>(2);  // noc_async_read_barrier(); in a comment is no call
    for (uint32_t i = 0; i < count; i++) {
        cb_reserve_back(cb, 1);
        noc_async_read(source.get_noc_addr(i), get_write_ptr(cb), bytes);
        noc_async_read_barrier();
        cb_push_back(cb, 1);
    }
}
)";

std::string applied(const std::string& text, const KernelMutant& m) {
    return text.substr(0, m.begin) + m.replacement + text.substr(m.end);
}

std::set<std::string> results(const std::string& text, std::string_view op) {
    std::set<std::string> out;
    for (const KernelMutant& m : kernel_mutants(text))
        if (m.op == op) out.insert(applied(text, m));
    return out;
}

std::string with(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.rfind(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a kernel's mutants are single edits of its statements, loops and arguments") {
    const auto one = [](std::string_view op, const std::string& from, const std::string& to) {
        CAPTURE(op);
        CHECK(results(kReader, op) == std::set<std::string>{with(kReader, from, to)});
    };
    one("drop-read-barrier", "noc_async_read_barrier();", ";");
    one("drop-reserve", "cb_reserve_back(cb, 1);", ";");
    one("push-before-barrier", "noc_async_read_barrier();\n        cb_push_back(cb, 1);",
        "cb_push_back(cb, 1);\n        noc_async_read_barrier();");
    one("push-more", "cb_push_back(cb, 1);", "cb_push_back(cb, 1 + 1);");
    one("loop-bound-fewer", "i < count;", "i < count - 1;");
    one("loop-start", "i = 0;", "i = 0 + 1;");
    one("loop-step", "i++", "i += 2");
    one("size-doubled", "bytes)", "bytes * 2)");
    one("page-id", "get_noc_addr(i)", "get_noc_addr(i + 1)");
    one("argument-index", "(2)", "(2 + 1)");
    CHECK(results(kReader, "address-plus-8").size() == 2);
    CHECK(results(kReader, "drop-write-barrier").empty());
}

TEST_CASE("a mutant names its lines, call and arguments") {
    const auto all = kernel_mutants(kReader);
    const auto find = [&](std::string_view op) {
        return *std::find_if(all.begin(), all.end(), [&](const KernelMutant& m) { return m.op == op; });
    };
    CHECK(find("drop-push").first_line == 8);
    CHECK(find("drop-push").callee == "cb_push_back");
    CHECK(find("drop-push").arguments == std::vector<std::string>{"cb", "1"});
    CHECK(find("loop-start").first_line == 4);
    CHECK(find("loop-start").last_line == 9);  // with its body
}

TEST_CASE("mutants know the objects' spelling, and every operator is in the list") {
    const std::string text =
        "void kernel_main() { cb_in.wait_front(1); noc.async_write(cb_in, y, size, {}, {}); "
        "noc.async_write_barrier(); cb_in.pop_front(1); }";
    CHECK(results(text, "drop-wait").size() == 1);
    CHECK(results(text, "pop-before-barrier").size() == 1);
    CHECK(results(text, "size-doubled").size() == 1);
    const auto& known = kernel_operators();
    for (const std::string& t : {kReader, text})
        for (const KernelMutant& m : kernel_mutants(t)) CHECK(std::find(known.begin(), known.end(), m.op) != known.end());
    CHECK(known.size() >= 35);
    CHECK(std::set<std::string_view>(known.begin(), known.end()).size() == known.size());
}

TEST_CASE("no text makes the mutator fail") {
    for (const char* text :
         {"", "(", "for (", "for (;;) ;", "cb_push_back(", "if (a", "x.y(1", "f<a<b>>(c);", "while (x >"})
        CHECK_NOTHROW(kernel_mutants(text));
}
