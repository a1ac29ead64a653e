#include "builder/emit/template.h"

#include "base/embedded_file.h"
#include "base/error.h"
#include "builder/emit/python.h"
#include "base/json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vector>

namespace tw {
extern const EmbeddedFile builder_templates[];
extern const size_t builder_templates_count;
}  // namespace tw

namespace tw::builder {

namespace {

[[noreturn]] void broken(const std::string& what) {
    raise(Category::InternalError, "template", what, {.fix = "this is a bug in tilewright; please report it"});
}

std::string_view trimmed(std::string_view text) {
    const size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

class Renderer {
public:
    Renderer(std::string_view text, const Json& data) : data_(data) {
        for (size_t start = 0; start < text.size();) {
            const size_t end = std::min(text.find('\n', start), text.size());
            lines_.push_back(text.substr(start, end - start));
            start = end + 1;
        }
    }

    std::string run() {
        const size_t end = block(0, true);
        if (end != lines_.size()) broken(fmt::format("line {}: '{}' closes nothing", end + 1, lines_[end]));
        return std::move(out_);
    }

private:
    const Json& data_;
    std::vector<std::string_view> lines_;
    std::vector<std::pair<std::string, const Json*>> scope_;
    std::string out_;

    const Json& look_up(std::string_view path) const {
        const std::string_view head = path.substr(0, path.find('.'));
        std::string_view rest = head.size() < path.size() ? path.substr(head.size() + 1) : std::string_view{};
        const Json* value = nullptr;
        for (auto entry = scope_.rbegin(); entry != scope_.rend() && value == nullptr; ++entry) {
            if (entry->first == head) value = entry->second;
        }
        if (value == nullptr && data_.contains(head)) value = &data_.at(std::string(head));
        while (value != nullptr && !rest.empty()) {
            const std::string key(rest.substr(0, rest.find('.')));
            rest = key.size() < rest.size() ? rest.substr(key.size() + 1) : std::string_view{};
            value = value->is_object() && value->contains(key) ? &value->at(key) : nullptr;
        }
        if (value == nullptr) broken(fmt::format("no value for '{}'", path));
        return *value;
    }

    static bool truth(const Json& value) {
        if (value.is_boolean()) return value.get<bool>();
        if (value.is_number()) return value.get<double>() != 0;
        if (value.is_string()) return !value.get_ref<const std::string&>().empty();
        return !value.empty();
    }

    static std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

    void emit_line(std::string_view line) {
        const size_t indent = std::min(line.find_first_not_of(' '), line.size());
        std::string done;
        for (size_t at = 0; at < line.size();) {
            const size_t open = line.find("{{", at);
            if (open == std::string_view::npos) {
                done += line.substr(at);
                break;
            }
            const size_t close = line.find("}}", open);
            if (close == std::string_view::npos) broken(fmt::format("'{}' has an open placeholder", line));
            done += line.substr(at, open - at);
            at = close + 2;
            const Json& value = look_up(trimmed(line.substr(open + 2, close - open - 2)));
            if (value.is_object()) {
                const std::string_view rest = line.substr(at);
                const size_t column = done.size() - (done.rfind('\n') + 1);  // npos + 1 is 0
                done += print_python(value, indent, column, rest.find("{{") == rest.npos ? rest.size() : 0);
                continue;
            }
            for (char c : text_of(value)) {
                done += c;
                if (c == '\n') done.append(indent, ' ');
            }
        }
        // Empty lines inside a value carry no indentation.
        std::string clean;
        for (size_t start = 0; start <= done.size();) {
            const size_t end = std::min(done.find('\n', start), done.size());
            std::string_view piece = std::string_view(done).substr(start, end - start);
            if (piece.find_first_not_of(' ') == std::string_view::npos) piece = {};
            clean += piece;
            clean += '\n';
            start = end + 1;
        }
        out_ += clean;
    }

    static bool directive(std::string_view line, std::string_view& words) {
        const std::string_view text = trimmed(line);
        if (text.substr(0, 2) != "%%") return false;
        words = trimmed(text.substr(2));
        return true;
    }

    // Runs from line `at` to the directive that ends the block, and returns that line.
    size_t block(size_t at, bool active) {
        std::string_view words;
        while (at < lines_.size()) {
            if (!directive(lines_[at], words)) {
                if (active) emit_line(lines_[at]);
                ++at;
            } else if (words == "end" || words == "else") {
                return at;
            } else if (words.substr(0, 3) == "if ") {
                at = conditional(at, trimmed(words.substr(3)), active);
            } else if (words.substr(0, 4) == "for ") {
                at = loop(at, words.substr(4), active);
            } else {
                broken(fmt::format("'{}' is not a directive", words));
            }
        }
        return at;
    }

    size_t closing(size_t at) {
        if (at >= lines_.size()) broken("a block is not closed");
        return at;
    }

    size_t conditional(size_t at, std::string_view condition, bool active) {
        const bool negated = condition.substr(0, 4) == "not ";
        const bool holds = active && truth(look_up(negated ? trimmed(condition.substr(4)) : condition)) != negated;
        at = closing(block(at + 1, active && holds));
        std::string_view words;
        directive(lines_[at], words);
        if (words == "else") at = closing(block(at + 1, active && !holds));
        return at + 1;
    }

    size_t loop(size_t at, std::string_view words, bool active) {
        const size_t in = words.find(" in ");
        if (in == std::string_view::npos) broken(fmt::format("'for {}' has no in", words));
        const std::string name(trimmed(words.substr(0, in)));
        size_t end = closing(block(at + 1, false));
        if (active) {
            for (const Json& element : look_up(trimmed(words.substr(in + 4)))) {
                scope_.emplace_back(name, &element);
                end = block(at + 1, true);
                scope_.pop_back();
            }
        }
        return end + 1;
    }
};

}  // namespace

std::string render(std::string_view template_text, const Json& data) {
    return Renderer(template_text, data).run();
}

std::string render_file(std::string_view name, const Json& data) {
    for (size_t i = 0; i < builder_templates_count; ++i) {
        if (builder_templates[i].name == name) return render(builder_templates[i].text, data);
    }
    broken(fmt::format("no template '{}'", name));
}

}  // namespace tw::builder
