#include "tileir/kernels.h"

#include "tileir/calls.h"
#include "tileir/configure.h"
#include "tileir/cpp_text.h"
#include "tileir/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace tw::tileir {
namespace {

// The text of one kernel: statements first, so that the declarations before them name what is used and no more.
class Writer {
public:
    Writer(const Program& program, Kernel kernel) : program_(program), kernel_(kernel) {}

    KernelText write() {
        Block block = project(program_, kernel_);
        if (kernel_ == Kernel::Compute) block = configure(program_, block);
        if (block.empty()) return {};
        depth_ = 1;
        put(block);
        if (stores_) line("noc_async_write_barrier();");
        const std::string body = std::move(text_);
        text_.clear();
        depth_ = 0;
        head();
        return {text_ + body + "}\n", constants_, tensors_, arguments_};
    }

private:
    const Program& program_;
    Kernel kernel_;
    std::string text_;
    int depth_ = 0;
    std::map<std::string, std::string> windows_;  // name to buffer
    std::set<std::string> local_;                 // loop variables and words
    std::set<std::string> sizes_, params_, buffers_, headers_, strides_, elements_;
    std::vector<std::set<std::string>> scopes_{{}};  // of C++: the buffers whose addresses are named
    std::vector<std::string> constants_, tensors_, arguments_;
    bool first_ = false, count_ = false, stores_ = false, fills_ = false, packs_rows_ = false, selects_ = false,
         rounds_ = false;
    std::string out_;

    void line(const std::string& s) {
        text_ += (s.empty() ? "" : std::string(static_cast<size_t>(depth_) * 4, ' ')) + s + "\n";
    }

    // ---- names
    std::string size(const Size& s, bool factor = false) {
        for (const std::string& name : s.symbols()) {
            if (!local_.contains(name)) sizes_.insert(name);
        }
        return cpp(s, factor);
    }
    std::string buffer(const std::string& cb) {
        buffers_.insert(cb);
        return "cb_" + cb;
    }
    std::string tensor(const std::string& name) {
        if (std::ranges::find(tensors_, name) == tensors_.end()) tensors_.push_back(name);
        return name + "_tensor";
    }
    std::string page_bytes(const Cb& c) {
        if (!c.page_elements) return fmt::format("get_tile_size(cb_{})", c.name);
        return fmt::format("{} * {}", size(*c.page_elements, true), element(c));
    }
    // Bytes of an element: of the dtype that the tensor has at the call, where there are several.
    std::string element(const Cb& c) {
        if (c.like.empty()) return fmt::format("{}", element_bytes(c.format));
        elements_.insert(c.name);
        buffer(c.name);
        return c.name + "_element";
    }
    std::string address(const Place& place) {
        const std::string& cb = windows_.at(place.window);
        if (place.index.is(0)) return cb + "_l1";
        strides_.insert(cb);
        if (program_.cb(cb)->page_elements) page_bytes(*program_.cb(cb));
        return fmt::format("{0}_l1 + {1} * {0}_bytes", cb, size(place.index, true));
    }

    // ---- statements
    void put(const Block& block) {
        std::vector<std::string> named;
        for (const Statement& s : block) {
            std::visit([&](const auto& x) { put(x); }, s.is);
            if (const auto* l = std::get_if<Let>(&s.is)) named.push_back(l->name);
        }
        for (const std::string& name : named) local_.erase(name);
    }
    void put(const Let& l) {
        line(fmt::format("const uint32_t {} = {};", l.name, size(l.is)));
        local_.insert(l.name);
    }
    template <class Body>
    void braces(const std::string& head, Body body) {
        line(head + " {");
        inside(body);
        line("}");
    }
    template <class Body>
    void inside(Body body) {
        ++depth_;
        scopes_.emplace_back();
        body();
        scopes_.pop_back();
        --depth_;
    }

    void loop(const std::string& variable, const std::string& begin, const std::string& end, const std::string& step,
              const Block& body) {
        const bool fresh = local_.insert(variable).second;
        const std::string next = step == "1" ? "++" + variable : fmt::format("{} += {}", variable, step);
        braces(fmt::format("for (uint32_t {0} = {1}; {0} < {2}; {3})", variable, begin, end, next), [&] { put(body); });
        if (fresh) local_.erase(variable);
    }
    void put(const For& f) { loop(f.variable, size(f.begin), size(f.end), size(f.step), f.body); }
    void put(const Unit& u) {
        bool used = false;
        walk(u.body,
             [&](const Statement& s) { each_size(s, [&](const Size& x) { used |= x.symbols().contains(u.variable); }); });
        count_ = true;
        first_ |= used;
        loop(u.variable, used ? "first" : "0", used ? "first + count" : "count", "1", u.body);
    }
    void put(const If& i) {
        const bool constant = !i.condition.empty();
        if (constant) sizes_.insert(i.condition);
        const auto compare = [&](const char* how) { return fmt::format("{} {} {}", size(i.left), how, size(i.right)); };
        const std::string condition = constant ? i.condition : compare(i.less ? "<" : "==");
        const std::string head = constant ? "if constexpr" : "if";
        if (i.then.empty())
            return braces(fmt::format("{} ({})", head, constant ? "!" + condition : compare(i.less ? ">=" : "!=")),
                          [&] { put(i.otherwise); });
        line(fmt::format("{} ({}) {{", head, condition));
        inside([&] { put(i.then); });
        if (!i.otherwise.empty()) {
            line("} else {");
            inside([&] { put(i.otherwise); });
        }
        line("}");
    }

    template <class T>
    static bool holds(const Block& block) {
        bool any = false;
        walk(block, [&](const Statement& s) { any |= std::holds_alternative<T>(s.is); });
        return any;
    }
    // Data movement needs the address of a window that it uses.
    bool uses_address(const Window& w) const {
        bool places = false;
        walk(w.body,
             [&](const Statement& s) { each_place(s, [&](const Place& p, bool) { places |= p.window == w.name; }); });
        return places && kernel_ != Kernel::Compute;
    }
    void put(const Window& w) {
        windows_[w.name] = w.cb;
        const std::string cb = buffer(w.cb), count = size(w.count);
        const bool push = w.kind == Window::Kind::Push;
        const auto window = [&] {
            const std::string when = w.when.empty() ? "" : fmt::format("if constexpr ({}) ", w.when);
            if (!w.when.empty()) sizes_.insert(w.when);
            line(fmt::format("{}cb_{}({}, {});", when, push ? "reserve_back" : "wait_front", cb, count));
            if (uses_address(w)) {
                scopes_.back().insert(w.cb);
                line(fmt::format("const uint32_t {}_l1 = get_{}_ptr({});", w.cb, push ? "write" : "read", cb));
            }
            put(w.body);
            if (push && holds<Load>(w.body)) line("noc_async_read_barrier();");
            if (!push && holds<Store>(w.body)) line("noc_async_writes_flushed();");
            line(fmt::format("{}cb_{}({}, {});", when, push ? "push_back" : "pop_front", cb, count));
        };
        // A second window of the buffer in one scope would name its address again.
        if (!scopes_.back().contains(w.cb)) return window();
        line("{");
        inside(window);
        line("}");
    }

    // ---- data movement
    std::string bytes(const Size& elements, const Cb& c) {
        const std::string each = element(c);
        return each == "1" ? size(elements) : fmt::format("{} * {}", size(elements, true), each);
    }
    std::string plus(const std::string& base, const Size& elements, const Cb& c) {
        return elements.is(0) ? base : fmt::format("{} + {}", base, bytes(elements, c));
    }
    // Elements of one value. Where the dtype is the tensor's, by their size: floats of 16 or 32 bits.
    void fill_elements(const std::string& address, const std::string& count, const Cb& c, double value) {
        fills_ = true;
        const auto one = [&](Format format) {
            line(
                fmt::format("fill<{}>({}, {}, {:#x});", element_type(format), address, count, element_bits(format, value)));
        };
        if (c.like.empty()) return one(c.format);
        line(fmt::format("if ({} == 4) {{", element(c)));
        inside([&] { one(Format::f32); });
        line("} else {");
        inside([&] { one(Format::bf16); });
        line("}");
    }
    void put(const Load& l) {
        const Cb& cb = *program_.cb(windows_.at(l.to.window));
        const std::string name = tensor(l.tensor), page = size(l.page);
        const auto move = [&] {
            if (!l.to_part) return line(fmt::format("noc_async_read_page({}, {}, {});", page, name, address(l.to)));
            line(fmt::format("noc_async_read({}.get_noc_addr({}{}), {}, {});", name, page,
                             l.from_offset->is(0) ? "" : ", " + bytes(*l.from_offset, cb),
                             plus(address(l.to), l.to_part->offset, cb), bytes(l.to_part->count, cb)));
        };
        if (!l.otherwise) return move();
        braces(fmt::format("if ({} < {})", page, size(program_.tensor(l.tensor)->pages())), move);
        text_.pop_back();
        text_ += " else {\n";
        ++depth_;
        const Size count = l.to_part ? l.to_part->count : cb.page_elements ? *cb.page_elements : Size(1024);
        fill_elements(l.to_part ? plus(address(l.to), l.to_part->offset, cb) : address(l.to), size(count), cb,
                      *l.otherwise);
        --depth_;
        line("}");
    }
    void put(const Store& s) {
        stores_ = true;
        const Cb& cb = *program_.cb(windows_.at(s.from.window));
        const std::string name = tensor(s.tensor), page = size(s.page);
        if (s.clipped) {
            Store whole = s;
            whole.clipped = false;
            return braces(fmt::format("if ({} < {})", page, size(program_.tensor(s.tensor)->pages())), [&] { put(whole); });
        }
        if (!s.from_part) return line(fmt::format("noc_async_write_page({}, {}, {});", page, name, address(s.from)));
        line(fmt::format("noc_async_write({}, {}.get_noc_addr({}{}), {});", plus(address(s.from), s.from_part->offset, cb),
                         name, page, s.to_offset->is(0) ? "" : ", " + bytes(*s.to_offset, cb),
                         bytes(s.from_part->count, cb)));
    }
    void put(const Fill& f) {
        const Cb& cb = *program_.cb(windows_.at(f.to.window));
        const std::string type = element_type(cb.format);
        if (f.kind == Fill::Kind::Constant) {
            const std::string count = f.part ? size(f.part->count) : cb.page_elements ? size(*cb.page_elements) : "1024";
            return fill_elements(f.part ? plus(address(f.to), f.part->offset, cb) : address(f.to), count, cb, f.value);
        }
        if (f.kind == Fill::Kind::Iota) throw std::invalid_argument("iota is not written yet");
        packs_rows_ = true;
        line(fmt::format("fill_corner<{}>({}, {}, {}, {:#x});", type, address(f.to), size(f.h), size(f.w),
                         element_bits(cb.format, f.kind == Fill::Kind::Mask ? 1 : f.value)));
    }
    void put(const Word& w) {
        line(fmt::format(
            "const uint32_t {0} = std::min<uint32_t>(*reinterpret_cast<volatile tt_l1_ptr uint32_t*>({1}), {2} - 1);",
            w.name, address(w.from), size(w.bound, true)));
        headers_.insert("<algorithm>");
        local_.insert(w.name);
    }

    // ---- compute
    void put(const Registers& r) {
        walk(r.body, [&](const Statement& s) {
            if (const auto* p = std::get_if<Pack>(&s.is)) out_ = windows_.at(p->to.window);
        });
        const auto packs = std::ranges::find_if(
            r.body, [](const Statement& s) { return std::holds_alternative<Pack>(s.is) || holds<Pack>({s}); });
        line("tile_regs_acquire();");
        put(Block(r.body.begin(), packs));
        line("tile_regs_commit();");
        line("tile_regs_wait();");
        put(Block(packs, r.body.end()));
        line("tile_regs_release();");
    }
    static std::string with(std::string text, const std::map<std::string, std::string>& words) {
        for (const auto& [key, word] : words) {
            for (size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + word.size()))
                text.replace(at, key.size(), word);
        }
        return text;
    }
    void put(const Compute& c) {
        std::vector<std::string> cbs;
        std::map<std::string, std::string> words{{"{d}", size(c.to.index)}};
        static constexpr const char* const kCb[] = {"{a}", "{b}"};
        static constexpr const char* const kIndex[] = {"{i}", "{j}"};
        static constexpr const char* const kRegister[] = {"{x}", "{y}", "{z}"};
        static constexpr const char* const kNumber[] = {"{n}", "{m}", "{o}"};
        size_t tile = 0, number = 0;
        for (const Operand& o : c.operands) {
            if (const auto* p = std::get_if<Place>(&o)) {
                cbs.push_back(p->is_register() ? "" : windows_.at(p->window));
                if (p->is_register()) {
                    words[kRegister[tile]] = size(p->index);
                } else {
                    words[kCb[tile]] = buffer(cbs.back());
                    words[kIndex[tile]] = size(p->index);
                }
                ++tile;
                continue;
            }
            const auto* value = std::get_if<Number>(&o);
            words[kNumber[number++]] = value ? bits_literal(value->value) : scalar(std::get<Name>(o).name);
        }
        const Operation& op = *find_operation(c.operation);
        if (op.shape == Shape::Unary && op.name != "d.copy" && words["{d}"] != words["{x}"]) {
            throw std::invalid_argument(fmt::format("{} works in place", c.operation));
        }
        const DeviceCall call = device_call(c, cbs, out_);
        headers_.insert("api/compute/" + call.header);
        selects_ |= op.shape == Shape::Select || op.name == "d.copy";
        rounds_ |= op.name == "to_bf16";
        line(with(call.text, words) + ";");
    }
    std::string scalar(const std::string& name) {
        const bool param = std::ranges::any_of(program_.params, [&](const Param& p) { return p.name == name; });
        if (!param) return size(Size::symbol(name));
        params_.insert(name);
        return name;
    }
    void put(const Pack& p) {
        headers_.insert("api/compute/pack.h");
        if (p.relu || p.accumulate) throw std::invalid_argument("relu and l1acc are not written yet");
        line(fmt::format("pack_tile<true>({}, {}, {});", size(p.from.index), buffer(windows_.at(p.to.window)),
                         size(p.to.index)));
    }
    void put(const Relayout& r) {
        const std::string from = buffer(windows_.at(r.from.window)), to = buffer(windows_.at(r.to.window)),
                          n = size(r.tiles);
        if (!r.from.index.is(0) || !r.to.index.is(0)) throw std::invalid_argument("a relayout takes a whole window");
        if (!r.tilize) {
            headers_.insert("api/compute/pack_untilize.h");
            line(fmt::format("pack_untilize_init<{}>({}, {});", n, from, to));
            line(fmt::format("pack_untilize_block<{}>({}, 1, {});", n, from, to));
            return line(fmt::format("pack_untilize_uninit({});", to));
        }
        headers_.insert("api/compute/tilize.h");
        line(fmt::format("tilize_init({}, {}, {});", from, n, to));
        line(fmt::format("tilize_block({}, {}, {});", from, n, to));
        line(fmt::format("tilize_uninit({}, {});", from, to));
    }
    void put(const Configure& c) {
        std::string args;
        for (const std::string& cb : c.cbs) args += (args.empty() ? "" : ", ") + buffer(cb);
        if (c.function.starts_with("compute_kernel_hw_startup")) headers_.insert("api/compute/compute_kernel_hw_startup.h");
        if (c.function.find("reconfig_data_format") != std::string::npos)
            headers_.insert("api/compute/reconfig_data_format.h");
        line(fmt::format("{}({}{});", c.function, args, c.rest));
    }

    // ---- declarations
    void head() {
        if (kernel_ == Kernel::Compute) {
            headers_.insert("api/compute/common.h");
        } else {
            headers_.insert("api/dataflow/dataflow_api.h");
        }
        headers_.insert("<cstdint>");
        for (const std::string& h : headers_) {
            if (h.front() == '<') line("#include " + h);
        }
        line("");
        for (const std::string& h : headers_) {
            if (h.front() != '<') line(fmt::format("#include \"{}\"", h));
        }
        line("");
        helpers();
        line("void kernel_main() {");
        ++depth_;
        declarations();
        --depth_;
    }

    void helpers() {
        if (fills_) {
            text_ +=
                "// `count` elements of one value.\n"
                "template <class T>\nvoid fill(uint32_t address, uint32_t count, T value) {\n"
                "    auto* to = reinterpret_cast<volatile tt_l1_ptr T*>(address);\n"
                "    for (uint32_t i = 0; i < count; ++i) to[i] = value;\n}\n\n";
        }
        if (packs_rows_) {
            text_ +=
                "// A tile with `value` in its first `rows` rows and `columns` columns, and 0 beside them.\n"
                "template <class T>\nvoid fill_corner(uint32_t address, uint32_t rows, uint32_t columns, T value) {\n"
                "    auto* to = reinterpret_cast<volatile tt_l1_ptr T*>(address);\n"
                "    for (uint32_t r = 0; r < 32; ++r) {\n        for (uint32_t c = 0; c < 32; ++c) {\n"
                "            const uint32_t face = r / 16 * 2 + c / 16;\n"
                "            to[face * 256 + r % 16 * 16 + c % 16] = r < rows && c < columns ? value : T(0);\n"
                "        }\n    }\n}\n\n";
        }
    }

    void declarations() {
        const std::vector<int> numbers = numbers_of_cbs(program_);
        for (size_t i = 0; i < program_.cbs.size(); ++i) {
            const std::string& name = program_.cbs[i].name;
            if (buffers_.contains(name)) line(fmt::format("constexpr uint32_t cb_{} = {};", name, numbers[i]));
        }
        std::vector<std::string> at_runtime;
        for (const Symbol& s : program_.symbols) {
            if (!sizes_.contains(s.name)) continue;
            if (s.phase == Phase::CompileTime) {
                line(fmt::format("constexpr uint32_t {} = get_compile_time_arg_val({});", s.name, constants_.size()));
                constants_.push_back(s.name);
            } else {
                at_runtime.push_back(s.name);
            }
        }
        std::string offset = fmt::format("{}", constants_.size());
        for (const std::string& t : tensors_) {
            line(fmt::format("constexpr auto {}_args = TensorAccessorArgs<{}>();", t, offset));
            offset = t + "_args.next_compile_time_args_offset()";
        }
        for (const std::string& t : tensors_) argument(t + "_address", "address " + t);
        if (first_) argument("first", "first");
        if (count_) argument("count", "count");
        for (const std::string& name : at_runtime) argument(name, name);
        for (const Param& p : program_.params) {
            if (params_.contains(p.name)) argument(p.name, p.name);
        }
        for (const std::string& t : tensors_)
            line(fmt::format("const auto {0}_tensor = TensorAccessor({0}_args, {0}_address);", t));
        for (const Cb& cb : program_.cbs) {
            if (elements_.contains(cb.name))
                line(fmt::format("const uint32_t {0}_element = get_tile_size(cb_{0}) / 1024;", cb.name));
            if (strides_.contains(cb.name)) line(fmt::format("const uint32_t {}_bytes = {};", cb.name, page_bytes(cb)));
        }
        if (selects_) {
            line("constexpr DataFormat kDstFormat = DST_ACCUM_MODE ? DataFormat::Float32 : DataFormat::Float16_b;");
        }
        if (rounds_) {
            line("constexpr auto kFloat32 = static_cast<uint32_t>(DataFormat::Float32);");
            line("constexpr auto kBfloat16 = static_cast<uint32_t>(DataFormat::Float16_b);");
        }
        line("");
    }
    void argument(const std::string& variable, const std::string& what) {
        line(fmt::format("const uint32_t {} = get_arg_val<uint32_t>({});", variable, arguments_.size()));
        arguments_.push_back(what);
    }
};

}  // namespace

std::vector<int> numbers_of_cbs(const Program& program) {
    enum Group : uint8_t { FromTensor, Made, ToTensor, Between };
    std::map<std::string, Group> groups;
    std::map<std::string, std::string> windows;
    walk(program.body, [&](const Statement& s) {
        if (const auto* w = std::get_if<Window>(&s.is)) windows[w->name] = w->cb;
        if (const auto* l = std::get_if<Load>(&s.is)) groups[windows[l->to.window]] = FromTensor;
        if (const auto* f = std::get_if<Fill>(&s.is)) groups.try_emplace(windows[f->to.window], Made);
        if (const auto* st = std::get_if<Store>(&s.is)) groups.try_emplace(windows[st->from.window], ToTensor);
    });
    std::vector<int> numbers;
    std::set<int> used;
    for (const Cb& cb : program.cbs) {
        const auto group = groups.find(cb.name);
        int n = 8 * (group == groups.end() ? Between : group->second);
        while (used.contains(n)) n = (n + 1) % 32;
        used.insert(n);
        numbers.push_back(n);
    }
    return numbers;
}

std::array<KernelText, 3> kernels_of(const Program& program) {
    return {Writer(program, Kernel::Reader).write(), Writer(program, Kernel::Compute).write(),
            Writer(program, Kernel::Writer).write()};
}

}  // namespace tw::tileir
