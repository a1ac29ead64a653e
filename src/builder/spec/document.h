// A spec file as a tree of nodes that remember where they stand.
//
// yaml-cpp gives marks only through its event interface, resolves aliases by sharing and lets a document nest without end.
// This tree is built from the events, keeps line and column for every key and value, and refuses what no honest spec
// contains (aliases, documents of a megabyte, nesting past 32), so that the rest of the builder can walk it without care.
// JSON is read by the same path: it is a subset of YAML.
#pragma once

#include "builder/math/problem.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tw::builder {

struct Member;

struct Node {
    enum class Kind { Null, Scalar, Sequence, Map };
    Kind kind = Kind::Null;
    std::string scalar;
    bool quoted = false;  // "1" is a string, 1 is a number
    Where where;
    // For text that is parsed further (expressions): where its first character stands. Differs from `where` for quoted and
    // block scalars.
    Where text_where;
    std::vector<Node> items;      // Sequence
    std::vector<Member> members;  // Map, in the order written

    const Node* find(std::string_view key) const;
};

struct Member {
    Node key, value;
};

// Empty optional and one problem when the text is not YAML.
std::optional<Node> read_document(const std::string& text, std::vector<Problem>& problems);

}  // namespace tw::builder
