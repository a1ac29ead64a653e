// Lock: runs something when a scope ends. Kernels hold one while they look into a buffer; on silicon it marks the region
// for debugging tools.
#pragma once

template <class ReleaseFunc>
class [[nodiscard]] Lock {
public:
    explicit Lock(ReleaseFunc release) : release_(release) {}
    ~Lock() { release_(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    ReleaseFunc release_;
};

template <class ReleaseFunc>
Lock(ReleaseFunc) -> Lock<ReleaseFunc>;
