#include "lint/kernel_text.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace tw::lint {

namespace {

bool name_start(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool name_part(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

}  // namespace

KernelText::KernelText(std::string path, std::string source) : path_(std::move(path)), source_(std::move(source)) {
    scan();
    find_calls();
    find_constants();
}

void KernelText::scan() {
    int line = 1;
    size_t line_start = 0, i = 0;
    const std::string& s = source_;
    const auto advance_line = [&] {
        ++line;
        line_start = i + 1;
    };
    while (i < s.size()) {
        const char c = s[i];
        if (c == '\n') {
            advance_line();
            ++i;
        } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            ++i;
        } else if (s.compare(i, 2, "//") == 0) {
            const size_t end = std::min(s.find('\n', i), s.size());
            comments_.emplace_back(s.substr(i, end - i), line);
            i = end;
        } else if (s.compare(i, 2, "/*") == 0) {
            const size_t end = std::min(s.find("*/", i + 2), s.size());
            comments_.emplace_back(s.substr(i, end - i), line);
            for (; i < end; ++i) {
                if (s[i] == '\n') advance_line();
            }
            i = std::min(end + 2, s.size());
        } else if (c == '#' && s.find_first_not_of(" \t", line_start) == i) {
            // A directive, with its continuation lines.
            size_t end = i;
            while (end < s.size() && (s[end] != '\n' || s[end - 1] == '\\')) ++end;
            const std::string_view text = std::string_view(s).substr(i, end - i);
            size_t word = text.find_first_not_of(" \t", 1);
            if (word == std::string_view::npos) word = text.size();
            const std::string_view rest = text.substr(word);
            if (rest.substr(0, 2) == "if" || rest.substr(0, 2) == "el") conditionals_ = true;
            if (rest.substr(0, 7) == "include") {
                const size_t open = text.find_first_of("\"<");
                const size_t close = open == std::string_view::npos ? open : text.find_first_of("\">", open + 1);
                if (close != std::string_view::npos) {
                    includes_.push_back({std::string(text.substr(open + 1, close - open - 1)), text[open] == '"', line,
                                         static_cast<int>(i - line_start + open + 2)});
                }
            }
            for (; i < end; ++i) {
                if (s[i] == '\n') advance_line();
            }
        } else {
            CppToken token;
            token.line = line;
            token.column = static_cast<int>(i - line_start) + 1;
            token.offset = i;
            const size_t start = i;
            if (name_start(c)) {
                while (i < s.size() && name_part(s[i])) ++i;
                token.kind = CppToken::Kind::Name;
            } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
                while (i < s.size() && (name_part(s[i]) || s[i] == '.' || s[i] == '\'')) ++i;
                token.kind = CppToken::Kind::Number;
            } else if (c == '"' || c == '\'') {
                ++i;
                while (i < s.size() && s[i] != c && s[i] != '\n') i += s[i] == '\\' ? 2 : 1;
                i = std::min(i + 1, s.size());
                token.kind = CppToken::Kind::String;
            } else if (s.compare(i, 2, "::") == 0 || s.compare(i, 2, "->") == 0) {
                i += 2;
            } else {
                ++i;
            }
            token.text = s.substr(start, i - start);
            code_characters_ += token.text.size();
            tokens_.push_back(std::move(token));
        }
    }
}

void KernelText::find_calls() {
    static const std::vector<std::string> kKeywords = {
        "if", "for", "while", "switch", "return", "sizeof", "catch", "constexpr", "static_assert", "decltype", "alignas"};
    for (size_t i = 0; i < tokens_.size(); ++i) {
        if (tokens_[i].kind != CppToken::Kind::Name ||
            std::find(kKeywords.begin(), kKeywords.end(), tokens_[i].text) != kKeywords.end())
            continue;
        size_t open = i + 1;
        KernelCall call;
        // name<...>( : angle brackets that close before any ; or { are template arguments.
        if (open < tokens_.size() && tokens_[open].text == "<") {
            int depth = 0, round = 0;
            std::string arg;
            size_t j = open;
            for (; j < tokens_.size() && j < open + 400; ++j) {
                const std::string& t = tokens_[j].text;
                if (t == ";" || t == "{" || t == "}") break;
                if (t == "(") ++round;
                if (t == ")") --round;
                if (round < 0) break;
                if (round == 0 && t == "<" && ++depth == 1) continue;
                if (round == 0 && t == ">" && --depth == 0) {
                    if (!arg.empty()) call.template_args.push_back(arg);
                    break;
                }
                if (round == 0 && depth == 1 && t == ",") {
                    call.template_args.push_back(arg);
                    arg.clear();
                } else {
                    arg += t;
                }
            }
            if (j >= tokens_.size() || tokens_[j].text != ">") continue;
            open = j + 1;
        }
        if (open >= tokens_.size() || tokens_[open].text != "(") continue;
        int depth = 0, braces = 0;
        std::string arg;
        size_t j = open;
        for (; j < tokens_.size(); ++j) {
            const std::string& t = tokens_[j].text;
            if ((t == "(" || t == "[") && ++depth == 1) continue;
            if ((t == ")" || t == "]") && --depth == 0) break;
            if (t == "{") ++braces;
            if (t == "}") --braces;
            if (depth == 1 && braces == 0 && t == ",") {
                call.args.push_back(arg);
                arg.clear();
            } else {
                arg += t;
            }
        }
        if (j >= tokens_.size()) continue;
        if (!arg.empty() || !call.args.empty()) call.args.push_back(arg);
        call.base = tokens_[i].text;
        call.name = call.base;
        for (size_t k = i;
             k >= 2 && (tokens_[k - 1].text == "::" || tokens_[k - 1].text == "." || tokens_[k - 1].text == "->") &&
             tokens_[k - 2].kind == CppToken::Kind::Name;
             k -= 2) {
            call.name = tokens_[k - 2].text + tokens_[k - 1].text + call.name;
        }
        call.line = tokens_[i].line;
        call.column = tokens_[i].column;
        call.token = i;
        call.end_token = j;
        calls_.push_back(std::move(call));
    }
}

void KernelText::find_constants() {
    for (size_t i = 0; i + 4 < tokens_.size(); ++i) {
        if (tokens_[i].text != "constexpr" && tokens_[i].text != "const") continue;
        // constexpr [auto|uint32_t|std::uint32_t|bool ...] name = expression ;
        size_t j = i + 1;
        while (j + 1 < tokens_.size() && j < i + 6 && tokens_[j + 1].text != "=" && tokens_[j].text != ";" &&
               tokens_[j].text != "(")
            ++j;
        if (j + 1 >= tokens_.size() || tokens_[j + 1].text != "=" || tokens_[j].kind != CppToken::Kind::Name) continue;
        std::vector<CppToken> expression;
        size_t k = j + 2;
        for (; k < tokens_.size() && tokens_[k].text != ";" && expression.size() < 64; ++k)
            expression.push_back(tokens_[k]);
        const auto [entry, fresh] = constants_.emplace(tokens_[j].text, expression);
        if (!fresh) entry->second.clear();  // defined twice (in branches): unknown
    }
}

bool KernelText::includes(std::string_view path) const {
    return std::any_of(includes_.begin(), includes_.end(), [&](const Include& include) { return include.path == path; });
}

bool KernelText::calls(std::string_view base) const {
    return std::any_of(calls_.begin(), calls_.end(), [&](const KernelCall& call) { return call.base == base; });
}

bool KernelText::mentions(std::string_view name) const {
    return std::any_of(tokens_.begin(), tokens_.end(), [&](const CppToken& token) { return token.text == name; });
}

std::optional<long> KernelText::value(std::string_view expression, const std::vector<long>* args) const {
    std::string text(expression);
    for (int depth = 0; depth < 8; ++depth) {
        if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos && text.size() < 10)
            return std::strtol(text.c_str(), nullptr, 10);
        if (text.size() > 2 && text.substr(0, 2) == "0x") return std::strtol(text.c_str(), nullptr, 16);
        if (text.size() > 1 && text.back() == 'u' && std::isdigit(static_cast<unsigned char>(text.front())) != 0) {
            text.pop_back();
            continue;
        }
        // tt::CBIndex::c_3
        if (const size_t at = text.rfind("CBIndex::c_"); at != std::string::npos)
            return std::strtol(text.c_str() + at + 11, nullptr, 10);
        const std::string get = "get_compile_time_arg_val(";
        if (text.compare(0, get.size(), get) == 0 && text.back() == ')') {
            const std::optional<long> index = value(text.substr(get.size(), text.size() - get.size() - 1), args);
            if (args == nullptr || !index || *index < 0 || static_cast<size_t>(*index) >= args->size()) return std::nullopt;
            return (*args)[static_cast<size_t>(*index)];
        }
        const auto constant = constants_.find(text);
        if (constant == constants_.end() || constant->second.empty()) return std::nullopt;
        text.clear();
        for (const CppToken& token : constant->second) text += token.text;
    }
    return std::nullopt;
}

}  // namespace tw::lint
