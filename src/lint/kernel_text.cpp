#include "lint/kernel_text.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace tw::lint {

KernelText::KernelText(std::string path, std::string source) : path_(std::move(path)), source_(std::move(source)) {
    scan();
    find_calls();
    find_constants();
}

void KernelText::scan() {
    const cpp_text::TokenList list = cpp_text::tokenize(source_, 0, source_.size());
    const cpp_text::Lines lines(source_);
    for (size_t i = 0; i < list.tokens.size(); ++i) {
        const cpp_text::Token& token = list.tokens[i];
        const cpp_text::Position at = lines.at(token.begin);
        const std::string_view text = list.spelling(i);
        CppToken::Kind kind = CppToken::Kind::Punctuation;
        switch (token.kind) {
            case cpp_text::TokenKind::Directive: read_directive(text, at); continue;
            case cpp_text::TokenKind::Identifier: kind = CppToken::Kind::Name; break;
            case cpp_text::TokenKind::Number: kind = CppToken::Kind::Number; break;
            case cpp_text::TokenKind::String: kind = CppToken::Kind::String; break;
            case cpp_text::TokenKind::Punctuation: break;
        }
        code_characters_ += text.size();
        tokens_.push_back({kind, std::string(text), at.line, at.column, token.begin});
    }
    for (const cpp_text::Extent& comment : list.comments)
        comments_.emplace_back(source_.substr(comment.begin, comment.end - comment.begin), lines.at(comment.begin).line);
}

void KernelText::read_directive(std::string_view text, cpp_text::Position at) {
    const size_t word = std::min(text.find_first_not_of(" \t", 1), text.size());
    const std::string_view rest = text.substr(word);
    conditionals_ = conditionals_ || rest.starts_with("if") || rest.starts_with("el");
    if (!rest.starts_with("include")) return;
    const size_t open = text.find_first_of("\"<");
    const size_t close = open == std::string_view::npos ? open : text.find_first_of("\">", open + 1);
    if (close == std::string_view::npos) return;
    includes_.push_back({std::string(text.substr(open + 1, close - open - 1)), text[open] == '"', at.line,
                         at.column + static_cast<int>(open) + 1});
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
