#include "jit/compile_error.h"

#include "jit/header_names.h"
#include "jit/install.h"
#include "jit/prologue.h"

#include <cxxabi.h>
#include <fmt/format.h>
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

namespace tw::jit {
namespace {

struct Place {
    std::string file;
    uint32_t line = 0, column = 0;
};

struct Message {
    Place place;
    std::string text;
    std::vector<Place> context;  // where it was included or instantiated from, innermost first
    std::vector<std::pair<Place, std::string>> notes;
};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// "file:12:3: rest" or "file:12: rest"
std::optional<std::pair<Place, std::string_view>> read_place(std::string_view line) {
    for (size_t colon = line.find(':'); colon != std::string_view::npos; colon = line.find(':', colon + 1)) {
        size_t at = colon + 1;
        const auto number = [&]() -> uint32_t {
            uint32_t n = 0;
            while (at < line.size() && line[at] >= '0' && line[at] <= '9')
                n = n * 10 + static_cast<uint32_t>(line[at++] - '0');
            return n;
        };
        const uint32_t row = number();
        if (row == 0) continue;
        Place p{std::string(line.substr(0, colon)), row, 0};
        if (at < line.size() && (line[at] == ':' || line[at] == ',') && at + 1 < line.size() && line[at + 1] >= '0' &&
            line[at + 1] <= '9') {
            at++;
            p.column = number();
        }
        if (at > line.size() || (at < line.size() && line[at] != ':' && line[at] != ',')) continue;
        at += at < line.size();
        while (at < line.size() && line[at] == ' ') at++;
        return std::pair(std::move(p), line.substr(at));
    }
    return {};
}

bool strip(std::string_view& text, std::string_view prefix) {
    if (text.substr(0, prefix.size()) != prefix) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::vector<Message> read_messages(const std::string& output) {
    std::vector<Message> messages;
    std::vector<Place> context;
    for (std::string_view line : lines_of(output)) {
        std::string_view included = line;
        while (!included.empty() && included[0] == ' ') included.remove_prefix(1);
        if (strip(included, "In file included from ") || strip(included, "from ")) {
            if (auto at = read_place(included)) context.push_back(at->first);
            continue;
        }
        const auto at = read_place(line);
        if (!at) continue;
        std::string_view rest = at->second;
        if (strip(rest, "error: ") || strip(rest, "fatal error: ")) {
            messages.push_back({at->first, std::string(rest), std::move(context), {}});
            context.clear();
        } else if (strip(rest, "note: ")) {
            if (!messages.empty()) messages.back().notes.emplace_back(at->first, std::string(rest));
        } else if (strip(rest, "warning: ")) {
            context.clear();
        } else {
            context.push_back(at->first);  // g++: "required from here", "in 'constexpr' expansion of"
        }
    }
    return messages;
}

// The number in `get_compile_time_arg_val(3)`, and what its value is called.
std::pair<std::string, std::string> argument_in(std::string_view line, size_t column) {
    constexpr std::string_view kCall = "get_compile_time_arg_val";
    size_t call = line.rfind(kCall, column);
    if (call == std::string_view::npos) call = line.find(kCall);
    if (call == std::string_view::npos) return {};
    const size_t open = line.find('(', call), close = line.find(')', call);
    std::string index;
    if (open != std::string_view::npos && close != std::string_view::npos) index = line.substr(open + 1, close - open - 1);
    size_t end = line.rfind('=', call);
    if (end == std::string_view::npos) return {index, {}};
    while (end > 0 && line[end - 1] == ' ') --end;
    size_t begin = end;
    while (begin > 0 && (std::isalnum(static_cast<unsigned char>(line[begin - 1])) != 0 || line[begin - 1] == '_')) --begin;
    return {index, std::string(line.substr(begin, end - begin))};
}

class Explainer {
public:
    explicit Explainer(const SourceTree& tree) : tree_(tree) {}

    bool is_users(const Place& p) const {
        return tree_.find(p.file) || p.file.rfind("define ", 0) == 0 || p.file == "<bindings>";
    }

    std::string show(const Place& p) const {
        const SourceFile* file = tree_.find(p.file);
        if (!file)
            return p.line && p.file[0] != '<' && p.file.rfind("define ", 0) != 0
                       ? fmt::format("{}:{}", shorten(p.file), p.line)
                       : p.file;
        if (!p.column) return fmt::format("{}:{}", file->shown, p.line);
        return fmt::format("{}:{}:{}", file->shown, p.line, column_as_written(*file, p.line, p.column));
    }

    std::string source_line(const Place& p) const {
        const SourceFile* file = tree_.find(p.file);
        if (!file) return {};
        std::string_view line = line_of(*file, p.line).value_or("");
        while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
        return std::string(line.substr(0, 160));
    }

    std::pair<std::string, std::string> argument_at(const Place& p) const {
        const SourceFile* file = tree_.find(p.file);
        const auto line = file ? line_of(*file, p.line) : std::nullopt;
        if (!line) return {};
        return argument_in(*line, p.column ? column_as_written(*file, p.line, p.column) - 1 : line->size());
    }

    // Our rewriting must not show: the messages speak of the kernel as it was written.
    static std::string clean(std::string text) {
        const auto replace = [&](std::string_view from, std::string_view to) {
            for (size_t at; (at = text.find(from)) != std::string::npos;) text.replace(at, from.size(), to);
        };
        replace("::tw::l1_reinterpret_cast", "reinterpret_cast");
        replace("tw::l1_reinterpret_cast", "reinterpret_cast");
        return text;
    }

    static std::string shorten(const std::string& file) {
        const std::string own = kernel_include().string() + "/";
        return file.rfind(own, 0) == 0 ? file.substr(own.size()) : file;
    }

    // The user's place that an error is about: itself, or the call that led into a header of ours.
    std::vector<std::string> places(const Message& m) const {
        std::vector<std::string> out;
        std::vector<Place> candidates = {m.place};
        for (const auto& [place, text] : m.notes) {
            // Of clang's notes only these tell the way; others point at declarations.
            if (text.find("instantiation") != std::string::npos || text.find("expanded from") != std::string::npos ||
                text.find("in call to") != std::string::npos || text.find("required") != std::string::npos ||
                text.find("substitut") != std::string::npos) {
                candidates.push_back(place);
            }
        }
        const auto add = [&](const Place& p) {
            std::string text = show(p);
            if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
        };
        for (const Place& p : candidates) {
            if (is_users(p)) add(p);
        }
        for (const Place& p : m.context) {
            if (is_users(p)) add(p);
        }
        if (!is_users(m.place)) add(m.place);
        if (out.size() > 6) out.resize(6);
        return out;
    }

private:
    const SourceTree& tree_;
};

std::string missing_header(const std::string& text) {
    // clang: 'x.h' file not found; g++: x.h: No such file or directory
    if (const size_t end = text.find("' file not found"); end != std::string::npos && text[0] == '\'')
        return text.substr(1, end - 1);
    if (const size_t end = text.find(": No such file or directory"); end != std::string::npos) return text.substr(0, end);
    return {};
}

// Whose header is it, if anybody's?
std::string fix_missing_header(const std::string& header) {
    constexpr size_t kNames = 3;
    const std::string nearest = fmt::format("{}", fmt::join(nearest_headers(header, kNames), ", "));
    if (is_upstream_header(header))
        return fmt::format("{} belongs to tt-metal's kernel API, and tilewright does not provide it (yet)", header);
    if (looks_like_metal_api(header))
        return fmt::format("no header has this name, neither here nor in tt-metal (ttnn 0.81.1); the nearest are {}",
                           nearest);
    return fmt::format(
        "{} is neither a standard header nor one that tilewright provides; if it belongs to tt-metal or to a ttnn wheel, "
        "give its folder by --metal-root (or TILEWRIGHT_METAL_ROOT, TT_METAL_HOME), if it is yours, by "
        "compiler_include_paths; the nearest names here are {}",
        header, nearest);
}

}  // namespace

namespace {

constexpr std::string_view kNoArgument = "no compile-time argument of this index";

// All of them at once, and nothing of what else a compiler has to say about them.
Diagnostic explain_missing_argument(const Explainer& explain, const std::vector<Message>& messages, size_t given) {
    Diagnostic d{Category::CompileError, "missing-compile-time-arg", {}, {}, {}, {}};
    std::string names;
    for (const Message& m : messages) {
        if (m.text.find(kNoArgument) == std::string::npos) continue;
        const std::vector<std::string> places = explain.places(m);
        if (places.empty() || std::ranges::find(d.at, places.front()) != d.at.end()) continue;
        d.at.push_back(places.front());
        std::pair<std::string, std::string> argument;
        // The message stands in our header; the line is that of the call that led there.
        const auto look = [&](const Place& place) {
            if (argument.first.empty() && explain.show(place) == places.front()) argument = explain.argument_at(place);
        };
        for (const Message& other : messages) {
            for (const auto& [place, text] : other.notes) look(place);
            for (const Place& place : other.context) look(place);
        }
        const auto& [index, name] = argument;
        names += fmt::format("{}{}{}", names.empty() ? "" : ", ", index.empty() ? "one past them" : index,
                             name.empty() ? "" : fmt::format(" ('{}')", name));
    }
    d.what = fmt::format("reads compile-time arg {}, and its descriptor gives {}", names,
                         given == 0 ? std::string("none") : fmt::format("only {}, counted from 0", given));
    d.why = "compile-time args are constants of the build: there is nothing that could be read instead";
    d.fix = "give it in KernelDescriptor.compile_time_args, TensorAccessorArgs included, or correct the index";
    return d;
}

}  // namespace

Diagnostic explain_compile_error(const SourceTree& tree, const Toolchain& compiler, const std::string& output,
                                 size_t compile_time_args) {
    const Explainer explain(tree);
    Diagnostic d{Category::CompileError, "kernel-compile", {}, {}, {}, {}};
    const std::vector<Message> messages = read_messages(output);
    if (messages.empty()) {
        d.what = "does not compile";
        d.at = {tree.shown};
        d.why = output.substr(0, 2000);
        if (d.why.empty()) d.why = "the compiler said nothing; it may have been killed for want of memory";
        return d;
    }
    const Message& first = messages.front();
    if (first.text.find(kNoArgument) != std::string::npos)
        return explain_missing_argument(explain, messages, compile_time_args);
    d.what = "does not compile: " + Explainer::clean(first.text);
    d.at = explain.places(first);
    // An error that only concerns what we put around the kernel, such as an argument that TT_KERNEL names and nobody gave.
    if (!explain.is_users(first.place) && d.at.size() == 1) d.at.insert(d.at.begin(), tree.shown);
    d.why = explain.source_line(first.place);
    if (d.why.empty() && !d.at.empty()) {
        for (const auto& [place, text] : first.notes) {
            if (const std::string line = explain.source_line(place); !line.empty()) {
                d.why = line;
                break;
            }
        }
    }
    // Notes that say more than where: candidates and the like, if they are about the user's text.
    size_t notes = 0;
    for (const auto& [place, text] : first.notes) {
        if (notes < 3 && explain.is_users(place) && text.find("instantiation") == std::string::npos &&
            text.find("expanded from") == std::string::npos) {
            d.why += fmt::format("{}{}: {}", d.why.empty() ? "" : "\n       ", explain.show(place), Explainer::clean(text));
            notes++;
        }
    }
    for (size_t i = 1; i < messages.size() && i < 4; i++) {
        const auto places = explain.places(messages[i]);
        d.why += fmt::format("{}also at {}: {}", d.why.empty() ? "" : "\n       ",
                             places.empty() ? tree.shown : places.front(), Explainer::clean(messages[i].text));
    }
    if (messages.size() > 4) d.why += fmt::format("\n       and {} more", messages.size() - 4);

    if (const std::string header = missing_header(first.text); !header.empty()) {
        d.fix = fix_missing_header(header);
    } else if (first.text.find("exceptions disabled") != std::string::npos ||
               first.text.find("exception handling disabled") != std::string::npos) {
        d.fix = "kernels are built without exceptions, as for the chip: return a status, or stop with ASSERT(condition)";
    } else if (!compiler.note.empty()) {
        d.fix = "if the text is right: " + compiler.note;
    }
    return d;
}

std::string subject_of(const SourceTree& tree, const std::vector<Processor>& processors) {
    std::string names;
    for (size_t i = 0; i < processors.size(); i++) {
        names += i == 0 ? "" : i + 1 == processors.size() ? " and " : ", ";
        names += processor_name(processors[i]);
    }
    return fmt::format("{} for {}", tree.shown, names);
}

Diagnostic explain_load_error(const SourceTree& tree, const std::string& problem) {
    Diagnostic d{Category::CompileError, "kernel-link", {}, {tree.shown}, problem, {}};
    const std::string mark = "undefined symbol: ";
    if (const size_t at = problem.find(mark); at != std::string::npos) {
        std::string symbol = problem.substr(at + mark.size());
        symbol = symbol.substr(0, symbol.find_first_of(" ,\n)"));
        int status = 0;
        char* const readable = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
        if (status == 0 && readable) symbol = readable;
        std::free(readable);
        d.what = fmt::format("calls {}, which is declared but defined nowhere", symbol);
        d.fix = symbol.rfind("tw_", 0) == 0
                    ? "this is a function of the runtime: kernel headers and libtilewright.so are of different versions"
                    : "define it in the kernel or in a header that the kernel includes";
    } else {
        d.what = "cannot be loaded";
    }
    return d;
}

}  // namespace tw::jit
