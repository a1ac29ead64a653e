#include "builder/spec/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

namespace tw::builder {

namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr size_t kMaxNodes = 20000;
constexpr size_t kMaxNesting = 32;

Where where_of(const YAML::Mark& mark) {
    return {mark.line + 1, mark.column + 1};
}

// What the tree refuses; carries the place to the one catch below.
struct Refused {
    Where where;
    std::string code, what, fix;
};

class TreeBuilder : public YAML::EventHandler {
public:
    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(make(Node::Kind::Null, mark)); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        throw Refused{where_of(mark), "yaml-alias", "aliases (*name) are not read in a spec", "write the value out"};
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
        Node node = make(Node::Kind::Scalar, mark);
        node.scalar = value;
        node.quoted = tag == "!";
        if (!node.quoted && (value.empty() || value == "~" || value == "null")) node.kind = Node::Kind::Null;
        add(std::move(node));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
        open(make(Node::Kind::Sequence, mark));
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
        open(make(Node::Kind::Map, mark));
    }
    void OnMapEnd() override { close(); }

    Node root;
    bool complete = false;

private:
    struct Level {
        Node node;
        std::optional<Node> key;  // a map's key that waits for its value
    };
    std::vector<Level> levels_;
    size_t count_ = 0;

    Node make(Node::Kind kind, const YAML::Mark& mark) {
        if (++count_ > kMaxNodes)
            throw Refused{where_of(mark), "spec-too-large", "the spec has more than 20000 values", "split it"};
        Node node;
        node.kind = kind;
        node.where = node.text_where = where_of(mark);
        return node;
    }
    void open(Node node) {
        if (levels_.size() >= kMaxNesting)
            throw Refused{node.where, "spec-too-deep", "the spec nests deeper than 32 levels", "flatten it"};
        levels_.push_back({std::move(node), {}});
    }
    void close() {
        if (levels_.empty()) return;
        Node node = std::move(levels_.back().node);
        levels_.pop_back();
        add(std::move(node));
    }
    void add(Node node) {
        if (levels_.empty()) {
            root = std::move(node);
            complete = true;
            return;
        }
        Level& level = levels_.back();
        if (level.node.kind == Node::Kind::Sequence) {
            level.node.items.push_back(std::move(node));
        } else if (!level.key) {
            level.key = std::move(node);
        } else {
            level.node.members.push_back({std::move(*level.key), std::move(node)});
            level.key.reset();
        }
    }
};

// A quoted scalar's text starts after the quote, a block scalar's on the next line that has any.
void locate_text(Node& node, const std::vector<std::string_view>& lines) {
    for (Node& item : node.items) locate_text(item, lines);
    for (auto& [key, value] : node.members) locate_text(value, lines);
    const size_t line = static_cast<size_t>(node.where.line) - 1, column = static_cast<size_t>(node.where.column) - 1;
    if (node.kind != Node::Kind::Scalar || line >= lines.size() || column >= lines[line].size()) return;
    const char first = lines[line][column];
    if (first == '"' || first == '\'') ++node.text_where.column;
    if (first != '|' && first != '>') return;
    for (size_t i = line + 1; i < lines.size(); ++i) {
        const size_t indent = lines[i].find_first_not_of(" \t\r");
        if (indent == std::string_view::npos) continue;
        node.text_where = {static_cast<int>(i) + 1, static_cast<int>(indent) + 1};
        return;
    }
}

}  // namespace

const Node* Node::find(std::string_view key) const {
    const auto found =
        std::find_if(members.begin(), members.end(), [&](const auto& member) { return member.key.scalar == key; });
    return found == members.end() ? nullptr : &found->value;
}

std::optional<Node> read_document(const std::string& text, std::vector<Problem>& problems) {
    auto refuse = [&](Where where, std::string code, std::string what, std::string fix) {
        problems.push_back({where, "", std::move(code), std::move(what), "", std::move(fix)});
        return std::nullopt;
    };
    if (text.size() > kMaxBytes) return refuse({1, 1}, "spec-too-large", "the spec is larger than 1 MiB", "split it");
    if (text.find('\0') != std::string::npos) {
        const size_t at = text.find('\0');
        const int line =
            1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
        return refuse({line, 1}, "not-yaml", "the spec holds a zero byte", "save it as UTF-8 text");
    }
    std::istringstream in(text);
    TreeBuilder tree;
    try {
        YAML::Parser parser(in);
        if (!parser.HandleNextDocument(tree) || !tree.complete || tree.root.kind == Node::Kind::Null) {
            return refuse({1, 1}, "empty-spec", "the spec is empty",
                          "start from `tilewright new --list` or examples/specs");
        }
    } catch (const YAML::Exception& error) {
        const Where where = error.mark.is_null() ? Where{1, 1} : where_of(error.mark);
        return refuse(where, "not-yaml", "not valid YAML: " + error.msg,
                      "quote text that holds : # { } [ ] , & * or starts with % @");
    } catch (const Refused& refused) {
        return refuse(refused.where, refused.code, refused.what, refused.fix);
    }
    std::vector<std::string_view> lines;
    for (size_t start = 0; start <= text.size();) {
        const size_t end = std::min(text.find('\n', start), text.size());
        lines.push_back(std::string_view(text).substr(start, end - start));
        start = end + 1;
    }
    locate_text(tree.root, lines);
    return std::move(tree.root);
}

}  // namespace tw::builder
