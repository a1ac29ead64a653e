// The event stream: what happens on the cores, told to whoever listens (diagnostics, timing, traces).
//
// Events never carry the program's data flow: a run is the same with and without listeners. A place that emits pays one
// test of tw_ctx::event_mask, a word that is in the cache anyway, when nobody listens (bench/bench_events.cpp).
#pragma once

#include "tw/abi.h"

#include <cstdint>
#include <string_view>

namespace tw {

enum class EventKind : uint8_t {
#define TW_EVENT(name, a, b) name,
#include "observe/events.def"
#undef TW_EVENT
    Count
};

std::string_view event_name(EventKind);
constexpr uint32_t event_bit(EventKind kind) {
    return 1u << static_cast<unsigned>(kind);
}

struct Event {
    EventKind kind;
    const tw_ctx* who;
    const tw_site* site;  // may be null
    uint64_t a = 0, b = 0;
};

// Called on the worker thread that runs the fiber, one event at a time for each launch (the bus serialises workers).
class Observer {
public:
    virtual ~Observer() = default;
    virtual uint32_t wants() const = 0;  // event_bit()s
    virtual void on(const Event&) {}
    virtual void launch_begins() {}
    virtual void launch_ends() {}
};

// The observers of this process. Attach and detach only between launches.
class EventBus {
public:
    static EventBus& get();
    void attach(Observer*);
    void detach(Observer*);
    uint32_t mask() const { return mask_; }
    void launch_begins();
    void launch_ends();
    void publish(const Event&);

private:
    struct State;
    EventBus();
    ~EventBus();
    State* state_;
    uint32_t mask_ = 0;
};

// Out of line and cold, so that an emit site is one test and a jump that is never taken.
[[gnu::cold, gnu::noinline]] void publish_event(EventKind, const tw_ctx*, const tw_site*, uint64_t a, uint64_t b);

inline void emit(EventKind kind, const tw_ctx* who, const tw_site* site, uint64_t a = 0, uint64_t b = 0) {
    if (__builtin_expect((who->event_mask & event_bit(kind)) != 0, 0)) publish_event(kind, who, site, a, b);
}

}  // namespace tw
