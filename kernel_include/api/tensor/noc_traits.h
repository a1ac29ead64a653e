// Tensors as endpoints: by page, by shard, or a page that an iterator produced.
#pragma once

#include "api/dataflow/noc.h"
#include "tw/endpoint_traits.h"
#include "tw/tensor_accessor.h"

#include <cstdint>

namespace tw {

struct PageArgs {
    uint32_t page_id{};
    uint32_t offset_bytes = 0;
};
struct ShardArgs {
    uint32_t shard_id{};
    uint32_t offset_bytes = 0;
};

struct ResolvePage {
    template <class T>
    FORCE_INLINE static uint64_t at(const T& tensor, const Noc& noc, const PageArgs& args) {
        return tensor.get_noc_addr(args.page_id, args.offset_bytes, noc.get_noc_id());
    }
};
struct ResolveShard {
    template <class T>
    FORCE_INLINE static uint64_t at(const T& view, const Noc& noc, const ShardArgs& args) {
        return view.get_noc_addr(args.shard_id, args.offset_bytes, noc.get_noc_id());
    }
};
struct ResolveIterated {
    FORCE_INLINE static uint64_t at(const tensor_accessor::Page& page, const Noc&, const OffsetArgs& args) {
        return page.noc_addr() + args.offset_bytes;
    }
};

}  // namespace tw

template <class DSpecT>
struct noc_traits_t<TensorAccessor<DSpecT>> : tw::RemoteEndpoint<TensorAccessor<DSpecT>, tw::PageArgs, tw::ResolvePage> {};
template <class Accessor>
struct noc_traits_t<PageView<Accessor>> : tw::RemoteEndpoint<PageView<Accessor>, tw::PageArgs, tw::ResolvePage> {};
template <class Accessor>
struct noc_traits_t<ShardView<Accessor>> : tw::RemoteEndpoint<ShardView<Accessor>, tw::ShardArgs, tw::ResolveShard> {};
template <>
struct noc_traits_t<AbstractTensorAccessorWrapper>
    : tw::RemoteEndpoint<AbstractTensorAccessorWrapper, tw::PageArgs, tw::ResolvePage> {};
template <>
struct noc_traits_t<tensor_accessor::Page>
    : tw::RemoteEndpoint<tensor_accessor::Page, tw::OffsetArgs, tw::ResolveIterated> {};
template <>
struct noc_traits_t<tensor_accessor::ShardPage>
    : tw::RemoteEndpoint<tensor_accessor::ShardPage, tw::OffsetArgs, tw::ResolveIterated> {};
