#include "builder/spec/map_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace tw::builder {

MapReader::MapReader(const Node& node, std::string path, std::vector<Problem>& problems)
    : node_(node), path_(std::move(path)), problems_(problems) {
    if (!is_map()) {
        problem(node, "", "not-a-map", fmt::format("{} must be a map of keys", path_.empty() ? "the spec" : path_));
        return;
    }
    std::set<std::string_view> seen;
    for (const auto& [key, value] : node.members) {
        if (key.kind != Node::Kind::Scalar)
            problem(key, "", "bad-key", "a key must be a plain word");
        else if (!seen.insert(key.scalar).second)
            problem(key, key.scalar, "duplicate-key", fmt::format("'{}' is given twice", key.scalar));
    }
}

std::string MapReader::path_of(std::string_view key) const {
    if (key.empty()) return path_;
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void MapReader::problem(const Node& at, std::string_view key, std::string code, std::string what, std::string why,
                        std::string fix) {
    problems_.push_back({at.where, path_of(key), std::move(code), std::move(what), std::move(why), std::move(fix)});
}

const Node* MapReader::get(std::string_view key) {
    asked_.insert(std::string(key));
    const Node* found = node_.find(key);
    return found != nullptr && found->kind == Node::Kind::Null ? nullptr : found;
}

std::optional<std::string> MapReader::text(std::string_view key) {
    const Node* node = get(key);
    if (node == nullptr) return std::nullopt;
    if (node->kind != Node::Kind::Scalar) {
        problem(*node, key, "not-text", fmt::format("{} must be text", key));
        return std::nullopt;
    }
    return node->scalar;
}

std::optional<double> number_of(const Node& node) {
    if (node.kind != Node::Kind::Scalar || node.quoted) return std::nullopt;
    std::string_view text = node.scalar;
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::optional<double> MapReader::number(std::string_view key, double low, double high) {
    const Node* node = get(key);
    if (node == nullptr) return std::nullopt;
    const std::optional<double> value = number_of(*node);
    if (!value || *value < low || *value > high) {
        problem(*node, key, "bad-number", fmt::format("{} must be a number from {:g} to {:g}", key, low, high));
        return std::nullopt;
    }
    return value;
}

std::optional<int64_t> MapReader::integer(std::string_view key, int64_t low, int64_t high) {
    const Node* node = get(key);
    if (node == nullptr) return std::nullopt;
    const std::optional<double> value = number_of(*node);
    if (!value || *value != std::floor(*value) || *value < static_cast<double>(low) || *value > static_cast<double>(high)) {
        problem(*node, key, "bad-number", fmt::format("{} must be a whole number from {} to {}", key, low, high));
        return std::nullopt;
    }
    return static_cast<int64_t>(*value);
}

std::optional<bool> MapReader::boolean(std::string_view key) {
    const Node* node = get(key);
    if (node == nullptr) return std::nullopt;
    if (node->kind == Node::Kind::Scalar && (node->scalar == "true" || node->scalar == "True")) return true;
    if (node->kind == Node::Kind::Scalar && (node->scalar == "false" || node->scalar == "False")) return false;
    problem(*node, key, "not-boolean", fmt::format("{} must be true or false", key));
    return std::nullopt;
}

std::optional<std::string> MapReader::one_of(std::string_view key, std::span<const std::string_view> allowed) {
    const Node* node = get(key);
    if (node == nullptr) return std::nullopt;
    if (node->kind == Node::Kind::Scalar && std::find(allowed.begin(), allowed.end(), node->scalar) != allowed.end())
        return node->scalar;
    problem(*node, key, "bad-value", fmt::format("'{}' is not a value of {}", node->scalar, key),
            "allowed: " + joined(allowed));
    return std::nullopt;
}

std::vector<const Node*> MapReader::list(std::string_view key) {
    const Node* node = get(key);
    std::vector<const Node*> items;
    if (node == nullptr) return items;
    if (node->kind == Node::Kind::Sequence) {
        for (const Node& item : node->items) items.push_back(&item);
    } else {
        items.push_back(node);
    }
    return items;
}

void MapReader::finish() {
    std::vector<std::string_view> known(asked_.begin(), asked_.end());
    for (const auto& [key, value] : node_.members) {
        if (key.kind != Node::Kind::Scalar || asked_.count(key.scalar) != 0) continue;
        const std::string guess = nearest(key.scalar, known);
        if (path_.empty() && key.scalar == "outputs") {
            problem(
                key, key.scalar, "one-output", "an operation has one output",
                "ttnn.generic_op returns the last tensor of its list; the key is `output`, a map such as {dtype: uint16}",
                "make one operation of each result");
            continue;
        }
        problem(key, key.scalar, "unknown-key",
                fmt::format("'{}' is not a key of {}", key.scalar, path_.empty() ? "a spec" : path_),
                "allowed: " + joined(known), guess.empty() ? "" : fmt::format("did you mean '{}'?", guess));
    }
}

}  // namespace tw::builder
