// What the JIT does to a kernel's text: casts, loops, includes, entries.
#include "jit/rewrite.h"

#include <doctest/doctest.h>
#include <algorithm>

using tw::jit::scan_kernel_text;

namespace {

std::string rewritten(std::string_view text) {
    return tw::jit::apply_edits(text, scan_kernel_text(text).edits);
}

// A statement whose cast covers `operand` and nothing else.
void check_cast(const std::string& type, const std::string& operand, const std::string& after = ";") {
    const std::string text = "auto p = (" + type + ")" + operand + after;
    CAPTURE(text);
    CHECK(rewritten(text) == "auto p = ::tw::c_cast<" + type + ">(" + operand + ")" + after);
}

void check_unchanged(const std::string& text) {
    CAPTURE(text);
    CHECK(rewritten(text) == text);
}

}  // namespace

TEST_CASE("a C-style cast to a pointer takes its whole operand and no more") {
    check_cast("uint32_t*", "address");
    check_cast("volatile tt_l1_ptr uint32_t*", "get_arg_val<uint32_t>(0)");
    check_cast("volatile tt_l1_ptr uint32_t* const", "address", " + 1;");
    check_cast("const ns::Header<int, 4>*", "(a + b)", " + c;");
    check_cast("T*", "lock.template get_ptr<uint32_t>(0)[i]", ", x);");
    check_cast("T*", "obj->field.call(1)(2)[3]++", " * 2;");
    check_cast("uint8_t*", "&array[4]", " < limit;");
    check_cast("uint8_t*", "-x", ";");
    check_cast("float*", "ns::f<a, b>::value", ";");
    check_cast("uint32_t**", "q", ";");
    check_cast("uint32_t*", "Foo{1, 2}.address()", ";");
    check_cast("uint32_t*", "this->base", " ? 1 : 0;");
    check_cast("decltype(x)*", "y", ";");
    check_cast("uint32_t*", "a", " < b;");
    check_cast("uint32_t*", "a", " >> 4;");
}

TEST_CASE("casts to address-sized integers are rewritten, because their operand may be a pointer") {
    check_cast("uint32_t", "pointer", " + 4;");
    check_cast("std::uintptr_t", "&object", ";");
    check_cast("unsigned int", "f(x)", ";");
    check_cast("uint32_t", "*pointer", ";");
    check_unchanged("auto x = (uint32_t)5;");
    check_unchanged("auto x = (uint8_t)y;");
    check_unchanged("auto x = (float)y; (void)z; bool b = (bool)p;");
}

TEST_CASE("casts of casts nest") {
    CHECK(rewritten("x = (uint32_t*)(uintptr_t)(a + b)[1];") ==
          "x = ::tw::c_cast<uint32_t*>(::tw::c_cast<uintptr_t>((a + b)[1]));");
    CHECK(rewritten("x = (uint32_t)(uint8_t)y + z;") == "x = ::tw::c_cast<uint32_t>((uint8_t)y) + z;");
    CHECK(rewritten("*(volatile uint32_t*)(base + (uint32_t)p) = 1;") ==
          "*::tw::c_cast<volatile uint32_t*>((base + ::tw::c_cast<uint32_t>(p))) = 1;");
}

TEST_CASE("named casts and other names of pointer types are found") {
    CHECK(rewritten("auto p = reinterpret_cast<uint32_t*>(a);") == "auto p = ::tw::l1_reinterpret_cast<uint32_t*>(a);");
    CHECK(rewritten("using P = volatile uint32_t*; auto x = P(a)[1]; auto y = (P)(a);") ==
          "using P = volatile uint32_t*; auto x = ::tw::c_cast<P>(a)[1]; auto y = ::tw::c_cast<P>((a));");
    CHECK(rewritten("typedef uint32_t* P; P(a)[0] = 1;") == "typedef uint32_t* P; ::tw::c_cast<P>(a)[0] = 1;");
    CHECK(rewritten("x = uint32_t(p) + 1;") == "x = ::tw::c_cast<uint32_t>(p) + 1;");
    CHECK(rewritten("auto t = (ns::Topology)get(22);") == "auto t = ::tw::c_cast<ns::Topology>(get(22));");
}

TEST_CASE("what is no cast stays") {
    check_unchanged("void f(uint32_t*);");
    check_unchanged("void f(uint32_t (&a)[4], uint32_t (*g)(int), std::function<uint32_t(uint32_t)> h);");
    check_unchanged("auto l = [](uint32_t*) { return 1; };");
    check_unchanged("int n = sizeof(uint32_t*) * 2;");
    check_unchanged("x = (stride) & mask; y = (width) * bytes; z = (a) - b;");
    check_unchanged("x = (a * b) + c;");
    check_unchanged("static_assert(sizeof(T) == 4);");
    check_unchanged("void g(uint32_t) const; bool operator==(const T&) const;");
    check_unchanged("template <typename T> T* h(T*) requires true;");
    check_unchanged("if (x) y();");
    check_unchanged("uint32_t(x);");
}

TEST_CASE("comments, strings and other directives are not looked into") {
    check_unchanged("// (uint32_t*)x while (a)\n/* (T*)y */ auto s = \"(T*)z\"; auto r = R\"a((T*)\" )a\"; char c = '(';");
    check_unchanged("#if (uint32_t)A == 1\n#pragma x (T*)y\n#error don't (T*)y\n#endif\n");
    CHECK(rewritten("#define AT(x) \\\n  (*(T*)(x))\n") == "#define AT(x) \\\n  (*::tw::c_cast<T*>((x)))\n");
}

TEST_CASE("loops that may spin get a tick, loops that count do not") {
    CHECK(rewritten("while (*p != v);") == "while (TW_LOOP_TICK && (*p != v));");
    CHECK(rewritten("do { x = *p; } while (x < 3);") == "do { x = *p; } while (TW_LOOP_TICK && (x < 3));");
    CHECK(rewritten("for (;;) {}") == "for (;;) { TW_LOOP_TICK;}");
    CHECK(rewritten("for (;;);") == "for (; TW_LOOP_TICK;);");
    CHECK(rewritten("while (true) { f(); }") == "while (true) { TW_LOOP_TICK; f(); }");
    CHECK(rewritten("do { f(); } while (1);") == "do { TW_LOOP_TICK; f(); } while (1);");
    CHECK(rewritten("if (x) { f(); } while (1) f();") == "if (x) { f(); } while (TW_LOOP_TICK && (1)) f();");
    CHECK(rewritten("for (; *p != 1;) {}") == "for (;TW_LOOP_TICK && ( *p != 1);) {}");
    CHECK(rewritten("for (int i = 0; f(i); ++i);") == "for (int i = 0;TW_LOOP_TICK && ( f(i)); ++i);");
    check_unchanged("for (int i = 0; i < n; ++i) { a[i] = i; }");
    check_unchanged("for (auto x : xs) f(x);");
    check_unchanged("while (auto* p = next()) f(p);");
    check_unchanged("while (uint32_t n = left()) f(n);");
    check_unchanged("do { f(); } while (0);");
    CHECK(rewritten("while ((T*)x) {}") == "while (TW_LOOP_TICK && (::tw::c_cast<T*>(x))) {}");
}

TEST_CASE("the chip's fence instruction becomes a barrier for the compiler") {
    CHECK(rewritten("asm volatile(\"fence\" ::: \"memory\");") == "asm volatile(\"\" ::: \"memory\");");
    CHECK(rewritten("__asm__ __volatile__(\"fence iorw, iorw\");") == "__asm__ __volatile__(\"\");");
    check_unchanged("asm volatile(\"nop\"); fence(\"fence\");");
}

TEST_CASE("rewriting keeps every line where it was") {
    const std::string text = "int a;\nauto p = (volatile\n  uint32_t*)\n  f(\n 1);\nwhile (\n *p\n ) ;\n";
    const std::string out = rewritten(text);
    CHECK(std::count(out.begin(), out.end(), '\n') == std::count(text.begin(), text.end(), '\n'));
    CHECK(out.find("f(\n 1))") != std::string::npos);
}

TEST_CASE("columns of the rewritten text lead back to the kernel's own") {
    const std::string text = "x;\nauto p = (uint32_t*)a; error;\n";
    const auto scan = scan_kernel_text(text);
    const std::string out = tw::jit::apply_edits(text, scan.edits);
    const auto column = [](const std::string& t) { return static_cast<uint32_t>(t.find("error") - t.find('\n')); };
    CHECK(tw::jit::original_column(text, scan.edits, 2, column(out)) == column(text));
    CHECK(tw::jit::original_column(text, scan.edits, 2, 1) == 1);
}

TEST_CASE("includes, entries and mains are seen") {
    const auto scan = scan_kernel_text("#include \"a/b.h\"\n #  include <array>\n#include MACRO\nvoid kernel_main() {}\n");
    REQUIRE(scan.includes.size() == 2);
    CHECK(scan.includes[0].name == "a/b.h");
    CHECK(scan.includes[0].quoted);
    CHECK(scan.includes[1].name == "array");
    CHECK_FALSE(scan.includes[1].quoted);
    CHECK(scan.has_kernel_main);
    CHECK(scan_kernel_text("namespace NAMESPACE { void MAIN { } }").has_legacy_main);

    const auto named = scan_kernel_text(
        "template <uint32_t Kt, bool flag = false>\nTT_KERNEL void compute(uint32_t group, const uint32_t n) {}");
    REQUIRE(named.entries.size() == 1);
    CHECK(named.entries[0].function == "compute");
    CHECK(named.entries[0].template_parameters == std::vector<std::string>{"Kt", "flag"});
    CHECK(named.entries[0].parameters == std::vector<std::string>{"group", "n"});
}

TEST_CASE("broken text is passed on, not choked on") {
    for (const char* text :
         {"", "(", "(uint32_t*)", "(uint32_t*)(", "while (", "for (;;", "\"abc", "R\"x(", "'", "/*", "#include \"",
          "#define", "(T*)x[", "TT_KERNEL", "TT_KERNEL void f(", "> TT_KERNEL void f()", "\\", "0x", "}}}))"}) {
        CAPTURE(text);
        CHECK(std::count(text, text + std::char_traits<char>::length(text), '\n') == 0);
        rewritten(text);
    }
}
