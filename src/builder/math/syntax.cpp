#include "builder/math/syntax.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstring>

namespace tw::builder {

namespace {

constexpr int kMaxDepth = 64;  // of nesting: the parser is recursive, and so is whoever walks the tree
constexpr size_t kMaxTokens = 4000;

struct Token {
    enum class Kind { End, Number, Text, Name, Op };
    Kind kind = Kind::End;
    std::string text;
    size_t begin = 0, end = 0;
};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

struct SyntaxError {
    size_t offset;
    std::string what;
};

// A double from its text, without the locale. Empty when it is not one or not finite.
std::optional<double> number_of(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::vector<Token> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    size_t i = 0;
    while (i < text.size()) {
        const char c = text[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            ++i;
            continue;
        }
        if (tokens.size() >= kMaxTokens) throw SyntaxError{i, "the expression has more than 4000 tokens"};
        Token token;
        token.begin = i;
        if (is_letter(c)) {
            while (i < text.size() && (is_letter(text[i]) || is_digit(text[i]))) ++i;
            token.kind = Token::Kind::Name;
        } else if (is_digit(c) || (c == '.' && i + 1 < text.size() && is_digit(text[i + 1]))) {
            while (i < text.size() && (is_digit(text[i]) || text[i] == '.')) ++i;
            if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
                size_t j = i + 1;
                if (j < text.size() && (text[j] == '+' || text[j] == '-')) ++j;
                if (j < text.size() && is_digit(text[j])) {
                    while (j < text.size() && is_digit(text[j])) ++j;
                    i = j;
                }
            }
            token.kind = Token::Kind::Number;
        } else if (c == '"' || c == '\'') {
            const size_t close = text.find(c, i + 1);
            if (close == std::string_view::npos) throw SyntaxError{i, "this quote is not closed"};
            token.kind = Token::Kind::Text;
            token.text = std::string(text.substr(i + 1, close - i - 1));
            i = close + 1;
        } else {
            token.kind = Token::Kind::Op;
            static constexpr std::string_view kTwo[] = {"**", "<=", ">=", "==", "!="};
            size_t length = 1;
            for (std::string_view op : kTwo) length = text.substr(i, 2) == op ? 2 : length;
            if (length == 1 && std::strchr("+-*/%@()[],=<>", c) == nullptr) {
                const bool printable = static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
                throw SyntaxError{i, printable ? fmt::format("'{}' has no meaning in an expression", c)
                                               : fmt::format("byte 0x{:02x} has no meaning in an expression",
                                                             static_cast<unsigned char>(c))};
            }
            i += length;
        }
        token.end = i;
        if (token.kind != Token::Kind::Text) token.text = std::string(text.substr(token.begin, i - token.begin));
        tokens.push_back(std::move(token));
    }
    tokens.push_back({Token::Kind::End, "", text.size(), text.size()});
    return tokens;
}

class Parser {
public:
    Parser(std::string_view text, Where at) : text_(text), at_(at), tokens_(tokens_of(text)) {}

    Statement statement() {
        Statement result;
        result.where = at_;
        size_t equals = 0;
        while (equals < tokens_.size() && tokens_[equals].text != "=") ++equals;
        const bool assigned = equals < tokens_.size() && tokens_[equals].kind == Token::Kind::Op;
        if (assigned) {
            result.target = expect_name("a name before '='");
            if (take("[")) {
                do result.target_index.push_back(expect_name("an index name"));
                while (take(","));
                expect("]");
            }
            expect("=");
        }
        result.value = expression();
        expect_end();
        return result;
    }

    Syntax whole_expression() {
        Syntax result = expression();
        expect_end();
        return result;
    }

    Where where(size_t offset) const {
        Where where = at_;
        for (size_t i = 0; i < offset && i < text_.size(); ++i) {
            // Lines of a block scalar start below each other; other scalars hold no line ends.
            where = text_[i] == '\n' ? Where{where.line + 1, at_.column} : Where{where.line, where.column + 1};
        }
        return where;
    }

private:
    std::string_view text_;
    Where at_;
    std::vector<Token> tokens_;
    size_t next_ = 0;
    int depth_ = 0;

    const Token& peek() const { return tokens_[next_]; }
    bool is(std::string_view op) const { return peek().kind == Token::Kind::Op && peek().text == op; }
    bool take(std::string_view op) {
        if (!is(op)) return false;
        ++next_;
        return true;
    }
    [[noreturn]] void unexpected(const std::string& wanted) const {
        const Token& token = peek();
        const std::string found =
            token.kind == Token::Kind::End ? "the expression ends" : fmt::format("'{}' stands", token.text);
        throw SyntaxError{token.begin, fmt::format("{} where {} is expected", found, wanted)};
    }
    void expect(std::string_view op) {
        if (!take(op)) unexpected(fmt::format("'{}'", op));
    }
    void expect_end() {
        if (peek().kind != Token::Kind::End) unexpected("an operator or the end");
    }
    std::string expect_name(const std::string& wanted) {
        if (peek().kind != Token::Kind::Name) unexpected(wanted);
        return tokens_[next_++].text;
    }

    struct Depth {
        explicit Depth(Parser& parser) : parser_(parser) {
            if (++parser_.depth_ > kMaxDepth)
                throw SyntaxError{parser_.peek().begin, "the expression nests deeper than 64 levels"};
        }
        ~Depth() { --parser_.depth_; }
        Parser& parser_;
    };

    Syntax make(Syntax::Kind kind, std::string name, size_t begin) {
        Syntax node;
        node.kind = kind;
        node.name = std::move(name);
        node.begin = begin;
        node.where = where(begin);
        return node;
    }
    Syntax finish(Syntax node) {
        node.end = next_ > 0 ? tokens_[next_ - 1].end : 0;
        return node;
    }
    Syntax join(Syntax::Kind kind, const Token& op, Syntax left, Syntax right) {
        Syntax node = make(kind, op.text, left.begin);
        node.where = where(op.begin);
        node.args.push_back(std::move(left));
        node.args.push_back(std::move(right));
        return finish(std::move(node));
    }

    Syntax expression() {
        const Depth guard(*this);
        Syntax left = sum();
        if (peek().kind == Token::Kind::Op) {
            for (std::string_view op : {"<", "<=", ">", ">=", "==", "!="}) {
                if (!is(op)) continue;
                const Token token = tokens_[next_++];
                return join(Syntax::Kind::Compare, token, std::move(left), sum());
            }
        }
        return left;
    }
    // Left-associative chains are loops, but their trees are as deep as the chain is long: they count towards the depth.
    Syntax sum() {
        Syntax left = product();
        for (int links = 0; is("+") || is("-");) {
            if (++links > kMaxDepth) throw SyntaxError{peek().begin, "more than 64 terms in one chain; use let"};
            const Token token = tokens_[next_++];
            left = join(Syntax::Kind::Binary, token, std::move(left), product());
        }
        return left;
    }
    Syntax product() {
        Syntax left = unary();
        for (int links = 0; is("*") || is("/") || is("%") || is("@");) {
            if (++links > kMaxDepth) throw SyntaxError{peek().begin, "more than 64 factors in one chain; use let"};
            const Token token = tokens_[next_++];
            left = join(Syntax::Kind::Binary, token, std::move(left), unary());
        }
        return left;
    }
    Syntax unary() {
        const Depth guard(*this);
        if (is("-")) {
            Syntax node = make(Syntax::Kind::Negate, "-", tokens_[next_++].begin);
            node.args.push_back(unary());
            return finish(std::move(node));
        }
        Syntax base = primary();
        if (is("**")) {
            const Token token = tokens_[next_++];
            return join(Syntax::Kind::Binary, token, std::move(base), unary());
        }
        return base;
    }
    Syntax primary() {
        const Token token = peek();
        if (token.kind == Token::Kind::Number) {
            Syntax node = make(Syntax::Kind::Number, token.text, token.begin);
            const std::optional<double> value = number_of(token.text);
            if (!value) throw SyntaxError{token.begin, fmt::format("'{}' is not a number", token.text)};
            node.number = *value;
            ++next_;
            return finish(std::move(node));
        }
        if (token.kind == Token::Kind::Text) {
            Syntax node = make(Syntax::Kind::Text, token.text, token.begin);
            ++next_;
            return finish(std::move(node));
        }
        if (take("(")) {
            Syntax inner = expression();
            expect(")");
            inner.begin = token.begin;
            return finish(std::move(inner));
        }
        if (token.kind != Token::Kind::Name) unexpected("a number, a name or '('");
        ++next_;
        if (take("(")) {
            Syntax node = make(Syntax::Kind::Call, token.text, token.begin);
            if (!take(")")) {
                do {
                    std::string keyword;
                    if (peek().kind == Token::Kind::Name && tokens_[next_ + 1].text == "=") {
                        keyword = peek().text;
                        next_ += 2;
                    }
                    node.keywords.push_back(std::move(keyword));
                    node.args.push_back(expression());
                } while (take(","));
                expect(")");
            }
            return finish(std::move(node));
        }
        if (take("[")) {
            Syntax node = make(Syntax::Kind::Index, token.text, token.begin);
            do node.args.push_back(expression());
            while (take(","));
            expect("]");
            return finish(std::move(node));
        }
        return finish(make(Syntax::Kind::Name, token.text, token.begin));
    }
};

template <class Result, class Parse>
std::optional<Result> parse(std::string_view text, Where at, const std::string& key, std::vector<Problem>& problems,
                            Parse what) {
    auto locate = [&](size_t offset) {
        Where where = at;
        for (size_t i = 0; i < offset && i < text.size(); ++i) {
            where = text[i] == '\n' ? Where{where.line + 1, at.column} : Where{where.line, where.column + 1};
        }
        return where;
    };
    try {
        Parser parser(text, at);
        return what(parser);
    } catch (const SyntaxError& error) {
        problems.push_back(
            {locate(error.offset), key, "expression-syntax", error.what,
             "an expression is made of + - * / ** @, comparisons, calls such as exp(x) or sum(x, W), names and numbers",
             ""});
        return std::nullopt;
    }
}

}  // namespace

std::optional<Statement> parse_statement(std::string_view text, Where at, const std::string& key,
                                         std::vector<Problem>& problems) {
    return parse<Statement>(text, at, key, problems, [](Parser& parser) { return parser.statement(); });
}

std::optional<Syntax> parse_expression(std::string_view text, Where at, const std::string& key,
                                       std::vector<Problem>& problems) {
    return parse<Syntax>(text, at, key, problems, [](Parser& parser) { return parser.whole_expression(); });
}

std::optional<Bound> parse_bound(std::string_view text, Where at, const std::string& key, std::vector<Problem>& problems) {
    const size_t start = std::min(text.find_first_not_of(' '), text.size());
    std::string_view rest = text.substr(start);
    for (std::string_view op : {"<=", ">=", "!=", "==", "<", ">"}) {
        if (rest.substr(0, op.size()) != op) continue;
        std::string_view number = rest.substr(op.size());
        while (!number.empty() && number.front() == ' ') number.remove_prefix(1);
        while (!number.empty() && number.back() == ' ') number.remove_suffix(1);
        const std::optional<double> value = number_of(number);
        if (!value) break;
        return Bound{std::string(op), *value, fmt::format("{} {}", op, number)};
    }
    problems.push_back({at, key, "bad-range", fmt::format("'{}' is not a range", text),
                        "a range is an operator and a number: \"> 0\", \"<= 1.0\"", ""});
    return std::nullopt;
}

std::optional<int64_t> value_of(const Syntax& syntax, const std::map<std::string, int64_t>& sizes) {
    const auto arg = [&](size_t i) { return value_of(syntax.args[i], sizes); };
    switch (syntax.kind) {
        case Syntax::Kind::Number:
            if (!(std::abs(syntax.number) < 1e9)) return std::nullopt;
            return static_cast<int64_t>(syntax.number);
        case Syntax::Kind::Name: {
            const auto found = sizes.find(syntax.name);
            return found == sizes.end() ? std::nullopt : std::optional(found->second);
        }
        case Syntax::Kind::Negate: {
            const auto a = arg(0);
            return a ? std::optional(-*a) : std::nullopt;
        }
        case Syntax::Kind::Binary:
        case Syntax::Kind::Compare: {
            const auto a = arg(0), b = arg(1);
            constexpr int64_t kLimit = int64_t{1} << 30;
            if (!a || !b || std::abs(*a) > kLimit || std::abs(*b) > kLimit) return std::nullopt;
            if (syntax.name == "+") return *a + *b;
            if (syntax.name == "-") return *a - *b;
            if (syntax.name == "*") return *a * *b;
            if (syntax.name == "/" && *b != 0) return *a / *b;
            if (syntax.name == "%" && *b != 0) return *a % *b;
            if (syntax.name == "<") return *a < *b;
            if (syntax.name == "<=") return *a <= *b;
            if (syntax.name == ">") return *a > *b;
            if (syntax.name == ">=") return *a >= *b;
            if (syntax.name == "==") return *a == *b;
            if (syntax.name == "!=") return *a != *b;
            return std::nullopt;
        }
        default: return std::nullopt;
    }
}

}  // namespace tw::builder
