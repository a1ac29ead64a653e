// Ranges over the pages of a tensor: all pages, the pages of one shard, every n-th of them. A page knows its number and its
// NoC address and is itself an endpoint of a transfer. Addresses are computed when a page is looked at: one multiplication
// chain a page costs nothing next to moving it.
//
// Pages that lie beyond the tensor (a shard at its edge has slots for them) are passed over, and a step of n is a step of
// n slots, repeated while it lands on such a page. Kernels step by the width of a shard to go from row to row, so a step
// must not become shorter where a row is.
#pragma once

#include "tw/assert.h"
#include "tw/attributes.h"
#include "tw/noc_address.h"
#include "tw/site.h"

#include <cstddef>
#include <cstdint>

namespace tensor_accessor {

class Page {
public:
    Page(uint64_t noc_addr, uint32_t global_page_id) : noc_addr_(noc_addr), page_id_(global_page_id) {}
    uint64_t noc_addr() const { return noc_addr_; }
    uint32_t page_id() const { return page_id_; }

private:
    uint64_t noc_addr_;
    uint32_t page_id_;
};

class ShardPage : public Page {
public:
    ShardPage(uint64_t noc_addr, uint32_t global_page_id, uint32_t shard_id, uint32_t page_in_shard)
        : Page(noc_addr, global_page_id), shard_id_(shard_id), page_in_shard_(page_in_shard) {}
    uint32_t shard_id() const { return shard_id_; }
    uint32_t page_in_shard() const { return page_in_shard_; }

private:
    uint32_t shard_id_, page_in_shard_;
};

namespace detail {

// operator-> of an iterator that makes its values.
template <class T>
struct Arrow {
    T value;
    const T* operator->() const { return &value; }
};

}  // namespace detail

template <class Accessor>
class PageIterator {
public:
    using value_type = Page;
    using difference_type = std::ptrdiff_t;
    using reference = Page;

    PageIterator(const Accessor& accessor, uint32_t page, uint32_t end, uint32_t stride, uint8_t noc)
        : tensor_(&accessor), page_(page < end ? page : end), end_(end), stride_(stride), noc_(noc) {}

    uint32_t page_id() const { return page_; }
    Page operator*() const { return Page(tensor_->get_noc_addr(page_, 0, noc_), page_); }
    detail::Arrow<Page> operator->() const { return {**this}; }
    Page operator[](difference_type n) const { return *(*this + n); }

    PageIterator& operator++() { return *this += 1; }
    PageIterator operator++(int) {
        PageIterator old = *this;
        ++*this;
        return old;
    }
    PageIterator& operator+=(difference_type steps) {
        ASSERT(steps >= 0);
        const uint64_t next = page_ + static_cast<uint64_t>(steps) * stride_;
        page_ = next < end_ ? static_cast<uint32_t>(next) : end_;
        return *this;
    }
    PageIterator operator+(difference_type steps) const {
        PageIterator moved = *this;
        return moved += steps;
    }

    bool operator==(const PageIterator& o) const { return page_ == o.page_; }
    auto operator<=>(const PageIterator& o) const { return page_ <=> o.page_; }

private:
    const Accessor* tensor_;
    uint32_t page_, end_, stride_;
    uint8_t noc_;
};

template <class Accessor>
class Pages {
public:
    using iterator = PageIterator<Accessor>;
    using const_iterator = iterator;

    Pages(const Accessor& accessor, uint32_t start, uint32_t end, uint32_t stride = 1, uint8_t noc = tw::default_noc())
        : tensor_(&accessor), start_(start), end_(end), stride_(stride), noc_(noc) {}
    iterator begin() const { return {*tensor_, start_, end_, stride_, noc_}; }
    iterator end() const { return {*tensor_, end_, end_, stride_, noc_}; }
    iterator cbegin() const { return begin(); }
    iterator cend() const { return end(); }

private:
    const Accessor* tensor_;
    uint32_t start_, end_, stride_;
    uint8_t noc_;
};

// Pages of one shard in the order in which they lie in memory. A shard at the tensor's edge has slots with no page; they
// are passed over.
template <class Accessor>
class ShardPageIterator {
public:
    using value_type = ShardPage;
    using difference_type = std::ptrdiff_t;
    using reference = ShardPage;

    ShardPageIterator(const Accessor& accessor, uint32_t shard, uint32_t slot, uint32_t end, uint8_t noc)
        : tensor_(&accessor), shard_(shard), slot_(slot < end ? slot : end), end_(end), noc_(noc) {
        skip_padding(1);
    }

    uint32_t page_id() const { return page_; }
    ShardPage operator*() const {
        return ShardPage(tensor_->get_shard_noc_addr(shard_, slot_ * tensor_->get_aligned_page_size(), noc_), page_, shard_,
                         slot_);
    }
    detail::Arrow<ShardPage> operator->() const { return {**this}; }
    ShardPage operator[](difference_type n) const { return *(*this + n); }

    ShardPageIterator& operator++() { return *this += 1; }
    ShardPageIterator operator++(int) {
        ShardPageIterator old = *this;
        ++*this;
        return old;
    }
    ShardPageIterator& operator+=(difference_type steps) {
        ASSERT(steps >= 0);
        if (steps != 0 && slot_ < end_) {
            step(static_cast<uint64_t>(steps));
            skip_padding(static_cast<uint64_t>(steps));
        }
        return *this;
    }
    ShardPageIterator operator+(difference_type steps) const {
        ShardPageIterator moved = *this;
        return moved += steps;
    }

    bool operator==(const ShardPageIterator& o) const { return shard_ == o.shard_ && slot_ == o.slot_; }
    auto operator<=>(const ShardPageIterator& o) const { return slot_ <=> o.slot_; }

private:
    void step(uint64_t slots) { slot_ = end_ - slot_ > slots ? slot_ + static_cast<uint32_t>(slots) : end_; }
    void skip_padding(uint64_t slots) {
        while (slot_ < end_ && !tensor_->page_of_shard(shard_, slot_, page_)) step(slots);
    }

    const Accessor* tensor_;
    uint32_t shard_, slot_, end_;
    uint32_t page_ = 0;
    uint8_t noc_;
};

template <class Accessor>
class ShardPages {
public:
    using iterator = ShardPageIterator<Accessor>;
    using const_iterator = iterator;

    ShardPages(const Accessor& accessor, uint32_t shard, uint32_t start, uint32_t end, uint8_t noc = tw::default_noc(),
               const tw_site* site = TW_SITE_NONE)
        : tensor_(&accessor), shard_(shard), start_(start), end_(end), noc_(noc), site_(site) {}
    iterator begin() const {
        // Past its shards and slots a tensor has no memory of its own: silicon would go on with a neighbour's.
        if (start_ < end_) {
            if (shard_ >= tensor_->dspec().num_shards()) {
                tw_assert_fail(tw_self(), "shard_pages(): shard id < number of the tensor's shards", site_);
            }
            if (end_ > tensor_->dspec().shard_volume()) {
                tw_assert_fail(tw_self(), "shard_pages(): end of the range <= pages of a shard", site_);
            }
        }
        return {*tensor_, shard_, start_, end_, noc_};
    }
    iterator end() const { return {*tensor_, shard_, end_, end_, noc_}; }
    iterator cbegin() const { return begin(); }
    iterator cend() const { return end(); }

private:
    const Accessor* tensor_;
    uint32_t shard_, start_, end_;
    uint8_t noc_;
    const tw_site* site_;
};

// A range of ShardPages, one a shard, every stride-th shard.
template <class Accessor>
class StridedShardPages {
public:
    class iterator {
    public:
        using value_type = ShardPages<Accessor>;
        iterator(const Accessor& accessor, uint32_t shard, uint32_t end, uint32_t stride, uint8_t noc)
            : tensor_(&accessor), shard_(shard < end ? shard : end), end_(end), stride_(stride), noc_(noc) {}
        value_type operator*() const {
            return {*tensor_, shard_, 0, static_cast<uint32_t>(tensor_->dspec().shard_volume()), noc_};
        }
        iterator& operator++() {
            shard_ = end_ - shard_ > stride_ ? shard_ + stride_ : end_;
            return *this;
        }
        iterator operator++(int) {
            iterator old = *this;
            ++*this;
            return old;
        }
        bool operator==(const iterator& o) const { return shard_ == o.shard_; }

    private:
        const Accessor* tensor_;
        uint32_t shard_, end_, stride_;
        uint8_t noc_;
    };
    using const_iterator = iterator;

    StridedShardPages(const Accessor& accessor, uint32_t start, uint32_t end, uint32_t stride,
                      uint8_t noc = tw::default_noc())
        : tensor_(&accessor), start_(start), end_(end), stride_(stride), noc_(noc) {}
    iterator begin() const { return {*tensor_, start_, end_, stride_, noc_}; }
    iterator end() const { return {*tensor_, end_, end_, stride_, noc_}; }
    const_iterator cbegin() const { return begin(); }
    const_iterator cend() const { return end(); }

private:
    const Accessor* tensor_;
    uint32_t start_, end_, stride_;
    uint8_t noc_;
};

}  // namespace tensor_accessor
