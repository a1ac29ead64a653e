// Containers of the descriptors: values to C++, live objects to Python.
//
// Programs edit a descriptor through what its getters return: `program.kernels[1].runtime_args[x][y].append(v)` and
// `program.cbs[0].total_size = n` must reach the descriptor (docs/upstream-api.md H8). With elements inside a std::vector
// such a reference would dangle as soon as the list grows. So the elements live on their own, shared with whoever still
// holds one; copying the list copies the elements, as a vector of values would.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace tw {

template <class T>
class LiveList {
    template <class Value, class Slot>
    class Iterator {
    public:
        using iterator_category = std::random_access_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using pointer = Value*;
        using reference = Value&;

        Iterator() = default;
        explicit Iterator(const Slot* at) : at_(at) {}
        Value& operator*() const { return **at_; }
        Value* operator->() const { return at_->get(); }
        Value& operator[](difference_type n) const { return *at_[n]; }
        Iterator& operator++() { return ++at_, *this; }
        Iterator operator++(int) { return Iterator(at_++); }
        Iterator& operator--() { return --at_, *this; }
        Iterator& operator+=(difference_type n) { return at_ += n, *this; }
        Iterator operator+(difference_type n) const { return Iterator(at_ + n); }
        difference_type operator-(const Iterator& other) const { return at_ - other.at_; }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

    private:
        const Slot* at_ = nullptr;
    };

public:
    using value_type = T;
    using iterator = Iterator<T, std::shared_ptr<T>>;
    using const_iterator = Iterator<const T, std::shared_ptr<T>>;

    LiveList() = default;
    LiveList(std::initializer_list<T> values) : LiveList(values.begin(), values.end()) {}
    LiveList(std::vector<T> values) {
        items_.reserve(values.size());
        for (T& value : values) push_back(std::move(value));
    }
    template <std::input_iterator It>
    LiveList(It first, It last) {
        for (; first != last; ++first) push_back(*first);
    }
    LiveList(const LiveList& other) : LiveList(other.begin(), other.end()) {}
    LiveList(LiveList&&) noexcept = default;
    LiveList& operator=(const LiveList& other) {
        LiveList copy(other);
        items_.swap(copy.items_);
        return *this;
    }
    LiveList& operator=(LiveList&&) noexcept = default;

    size_t size() const { return items_.size(); }
    bool empty() const { return items_.empty(); }
    void reserve(size_t n) { items_.reserve(n); }
    void clear() { items_.clear(); }
    T& operator[](size_t i) { return *items_[i]; }
    const T& operator[](size_t i) const { return *items_[i]; }
    T& back() { return *items_.back(); }
    // The element itself, for holders that may outlive the list.
    const std::shared_ptr<T>& shared(size_t i) const { return items_[i]; }
    std::shared_ptr<T>& shared(size_t i) { return items_[i]; }

    void push_back(T value) { items_.push_back(std::make_shared<T>(std::move(value))); }
    template <class... Args>
    T& emplace_back(Args&&... args) {
        items_.push_back(std::make_shared<T>(std::forward<Args>(args)...));
        return *items_.back();
    }
    void insert(size_t i, T value) { items_.insert(items_.begin() + ptrdiff_t(i), std::make_shared<T>(std::move(value))); }
    void erase(size_t i) { items_.erase(items_.begin() + ptrdiff_t(i)); }

    iterator begin() { return iterator(items_.data()); }
    iterator end() { return iterator(items_.data() + items_.size()); }
    const_iterator begin() const { return const_iterator(items_.data()); }
    const_iterator end() const { return const_iterator(items_.data() + items_.size()); }

private:
    std::vector<std::shared_ptr<T>> items_;
};

// One value that is copied by value and may be held on to: assigning another value leaves old holders with the old one.
template <class T>
class Boxed {
public:
    Boxed() : value_(std::make_shared<T>()) {}
    template <class U>
        requires(!std::is_same_v<std::remove_cvref_t<U>, Boxed> && std::is_constructible_v<T, U&&>)
    Boxed(U&& value) : value_(std::make_shared<T>(std::forward<U>(value))) {}
    Boxed(const Boxed& other) : value_(std::make_shared<T>(*other.value_)) {}
    // The copy is made before the old value goes: itself may be assigned.
    // NOLINTNEXTLINE(bugprone-unhandled-self-assignment)
    Boxed& operator=(const Boxed& other) { return value_ = std::make_shared<T>(*other.value_), *this; }

    T& operator*() { return *value_; }
    const T& operator*() const { return *value_; }
    T* operator->() { return value_.get(); }
    const T* operator->() const { return value_.get(); }
    const std::shared_ptr<T>& shared() const { return value_; }

private:
    std::shared_ptr<T> value_;
};

}  // namespace tw
