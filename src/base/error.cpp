#include "base/error.h"

#include <fmt/format.h>

namespace tw {

std::string_view category_name(Category category) {
    switch (category) {
        case Category::KernelError: return "KernelError";
        case Category::HostError: return "HostError";
        case Category::SpecError: return "SpecError";
        case Category::CompileError: return "CompileError";
        case Category::Unsupported: return "Unsupported";
        case Category::Unimplemented: return "Unimplemented";
        case Category::Environment: return "Environment";
        case Category::InternalError: return "InternalError";
    }
    return "InternalError";
}

std::string_view severity_name(Severity severity) {
    return severity == Severity::Error ? "error" : severity == Severity::Warning ? "warning" : "note";
}

namespace {

// Later lines of a multi-line field line up under the first.
void append_field(std::string& out, std::string_view label, std::string_view text) {
    if (text.empty()) return;
    out += "\n  ";
    out += label;
    for (char c : text) {
        out += c;
        if (c == '\n') out += "       ";
    }
}

std::string text_of(const Diagnostic& d, bool with_excerpts) {
    std::string out = fmt::format("{}[{}]: {}", category_name(d.category), d.code, d.what);
    const char* label = "at   ";
    for (size_t i = 0; i < d.at.size(); ++i) {
        append_field(out, label, d.at[i]);
        label = "and  ";
        if (with_excerpts && i < d.excerpts.size()) append_field(out, "     ", d.excerpts[i]);
    }
    append_field(out, "why  ", d.why);
    append_field(out, "fix  ", d.fix);
    return out;
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
                } else {
                    out += c;
                }
        }
    }
    return out + "\"";
}

std::string text_of(const std::vector<Diagnostic>& diagnostics) {
    std::string out;
    for (const Diagnostic& d : diagnostics) {
        if (!out.empty()) out += '\n';
        if (d.severity != Severity::Error) out += fmt::format("{}: ", severity_name(d.severity));
        out += d.text();
    }
    return out;
}

}  // namespace

std::string Diagnostic::text() const {
    return text_of(*this, false);
}

std::string Diagnostic::text_with_excerpts() const {
    return text_of(*this, true);
}

std::string Diagnostic::json() const {
    std::string places;
    for (const std::string& place : at) places += (places.empty() ? "" : ",") + json_string(place);
    return fmt::format(R"({{"category":{},"severity":{},"code":{},"what":{},"at":[{}],"why":{},"fix":{}}})",
                       json_string(category_name(category)), json_string(severity_name(severity)), json_string(code),
                       json_string(what), places, json_string(why), json_string(fix));
}

Error::Error(Diagnostic d) : Error(std::vector<Diagnostic>{std::move(d)}) {}

Error::Error(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(text_of(diagnostics)), diagnostics_(std::move(diagnostics)) {
    if (diagnostics_.empty()) diagnostics_.emplace_back();
}

void raise(Category category, std::string_view code, std::string what, Details details) {
    throw Error(Diagnostic{category, std::string(code), std::move(what), std::move(details.at), std::move(details.why),
                           std::move(details.fix)});
}

void raise_host(std::string_view code, std::string what, Details details) {
    raise(Category::HostError, code, std::move(what), std::move(details));
}

void check_failed(const char* condition, const char* file, int line) {
    raise(Category::InternalError, "invariant", fmt::format("{} does not hold", condition),
          {.at = {fmt::format("{}:{}", file, line)}, .fix = "this is a bug in tilewright; please report it"});
}

}  // namespace tw
